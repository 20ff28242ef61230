import { AlgogateError } from './errors';
import { parseReference, type Reference } from './reference';
import { parseNumber, type SemVer } from './version';

/** How inputs of the graph name an algorithm: `owner/name`. `owner` and `name` are as the caller wrote them. */
export type AlgorithmRef = Pick<Reference, 'owner' | 'name' | 'ownerKey' | 'nameKey'>;

export interface MajorRef extends AlgorithmRef {
  readonly major: number;
}

export interface VersionRef extends AlgorithmRef {
  readonly version: SemVer;
}

/** The greatest major that can be published: GraphQL's Int ends there. */
export const MAX_MAJOR = 2 ** 31 - 1;

/** @throws AlgogateError INVALID_INPUT */
export function parseAlgorithmRef(text: string, field = 'algorithm'): AlgorithmRef {
  const reference = parsed(text, field);
  if (reference.selector.text !== '') throw malformed(text, field, 'owner/name');
  return reference;
}

/** @throws AlgogateError INVALID_INPUT */
export function parseMajorRef(text: string, field = 'major'): MajorRef {
  const reference = parsed(text, field);
  const major = parseNumber(reference.selector.text);
  if (major === null || major > MAX_MAJOR) throw malformed(text, field, 'owner/name/1');
  return { ...reference, major };
}

/** @throws AlgogateError INVALID_INPUT */
export function parseVersionRef(text: string, field = 'version'): VersionRef {
  const reference = parsed(text, field);
  const { selector } = reference;
  if (selector.kind !== 'FULL') throw malformed(text, field, 'owner/name/1.2.3');
  return { ...reference, version: selector.version };
}

/** The one message for an algorithm that is missing or hidden, with the names as the caller wrote them. */
export function algorithmNotFound({ owner, name }: AlgorithmRef): AlgogateError {
  return new AlgogateError('NOT_FOUND', `algorithm algo://${owner}/${name} not found`);
}

function parsed(text: string, field: string): Reference {
  try {
    return parseReference(text);
  } catch (error) {
    if (!(error instanceof AlgogateError)) throw error;
    throw new AlgogateError('INVALID_INPUT', error.message, [field]);
  }
}

function malformed(text: string, field: string, form: string): AlgogateError {
  const shown = JSON.stringify(text.slice(0, 100));
  return new AlgogateError('INVALID_INPUT', `${shown} is not of the form ${form}`, [field]);
}
