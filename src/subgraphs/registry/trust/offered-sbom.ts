import { createHash } from 'node:crypto';

import { parseSbom, type Sbom } from '../../../trust';
import { textWithin } from '../../shared/text';

/** An SBOM as a publication brings it: read, and not judged. */
export interface OfferedSbom extends Sbom {
  readonly text: string;
  /** Of the text. */
  readonly sha256: string;
}

const MAX_BYTES = 512 * 1024;

/** Reads the SBOM of a publication; null where it has none. @throws AlgogateError INVALID_INPUT, TOO_LARGE */
export function offeredSbom(given: string | null | undefined): OfferedSbom | null {
  const text = textWithin(given, 'sbom', MAX_BYTES);
  if (text === null) return null;
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { text, sha256, ...parseSbom(text, { what: 'the SBOM', field: ['sbom'] }) };
}
