import { AlgogateError } from '../../../domain/errors';
import { lineWithin } from '../../shared/text';

const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,62}$/;
const REVISION = /^[A-Za-z0-9][A-Za-z0-9_.+-]{0,127}$/;
const SHA256 = /^[0-9a-f]{64}$/i;
const MAX_URI_LENGTH = 2000;

/** A revision of an artifact, as inputs name it. */
export interface RevisionRef {
  readonly name: string;
  readonly revision: string;
}

/** @throws AlgogateError INVALID_INPUT */
export function validArtifactName(text: string, field: readonly string[] = ['name']): string {
  if (NAME.test(text)) return text;
  throw invalid('the name of an artifact is a letter and up to 62 letters, digits, "_", "." and "-"', field);
}

/** @throws AlgogateError INVALID_INPUT */
export function validRevision(text: string, field: readonly string[] = ['revision']): string {
  if (REVISION.test(text)) return text;
  throw invalid(
    'a revision is a letter or digit and up to 127 letters, digits, "_", ".", "+" and "-"',
    field,
  );
}

/** In lower case. @throws AlgogateError INVALID_INPUT */
export function validSha256(text: string): string {
  if (SHA256.test(text)) return text.toLowerCase();
  throw invalid('sha256 is 64 hex digits', ['sha256']);
}

/**
 * Where an artifact is: `https://…`, `s3://bucket/key`. Credentials are refused, since backends and all who may see
 * the source read it.
 * @throws AlgogateError INVALID_INPUT
 */
export function validUri(text: string): string {
  const uri = lineWithin(text, 'uri', MAX_URI_LENGTH) ?? '';
  const parsed =
    /^[a-z][a-z0-9+.-]*:\/\/[^/\s\p{Cc}][^\s\p{Cc}]*$/iu.test(uri) && URL.canParse(uri) ? new URL(uri) : null;
  if (parsed === null || parsed.host === '') {
    throw invalid('uri is no absolute address such as https://host/path', ['uri']);
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw invalid('uri has credentials in it', ['uri']);
  }
  return uri;
}

function invalid(message: string, field: readonly string[]): AlgogateError {
  return new AlgogateError('INVALID_INPUT', message, field);
}
