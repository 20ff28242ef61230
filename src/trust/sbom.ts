import { AlgogateError } from '../domain/errors';
import { MAX_EXPRESSION_LENGTH } from '../domain/trust/licence-expression';
import type { SbomFormat } from '../domain/terms';
import { componentsOfCycloneDx, isCycloneDx } from './cyclonedx';
import { isSpdx, packagesOfSpdx } from './spdx';
import { type DocumentName, malformed, parseStrictJson } from './strict-json';

/** What an SBOM says of licences. */
export interface Sbom {
  readonly format: SbomFormat;
  readonly licences: readonly SbomLicence[];
}

/** A licence, and how many components have it. */
export interface SbomLicence {
  /** An SPDX expression, or what stands in the place of one. */
  readonly licence: string;
  readonly components: number;
  /** The name of the first of them. */
  readonly example: string;
}

/** One component of a document, with the licence that it is said to have. */
export interface Component {
  readonly name: string;
  readonly licence: string;
}

const MAX_COMPONENTS = 5000;
const MAX_LICENCES = 500;
const MAX_NAME = 200;

/**
 * Reads an SBOM: CycloneDX 1.2 to 1.7 as JSON, or SPDX 2.0 to 2.3 as JSON.
 * Source: ECMA-424; SPDX 2.3, clause 7.
 * @throws AlgogateError INVALID_INPUT for what is neither, or names no component; TOO_LARGE
 */
export function parseSbom(text: string, name: DocumentName): Sbom {
  const document = parseStrictJson(text, name);
  if (isCycloneDx(document)) {
    return { format: 'CYCLONEDX', licences: licencesOf(componentsOfCycloneDx(document, name), name) };
  }
  if (isSpdx(document)) return { format: 'SPDX', licences: licencesOf(packagesOfSpdx(document, name), name) };
  throw malformed(name, 'is neither CycloneDX 1.2 to 1.7 nor SPDX 2.0 to 2.3, as JSON');
}

function licencesOf(components: readonly Component[], name: DocumentName): SbomLicence[] {
  // a document about nothing would pass any policy
  if (components.length === 0) throw malformed(name, 'names no component');
  if (components.length > MAX_COMPONENTS) throw tooLarge(name, `names over ${MAX_COMPONENTS} components`);
  const licences = new Map<string, { components: number; readonly example: string }>();
  for (const { name: component, licence } of components) {
    if (licence.length > MAX_EXPRESSION_LENGTH) {
      throw malformed(name, `has a licence of over ${MAX_EXPRESSION_LENGTH} characters`);
    }
    const known = licences.get(licence);
    if (known === undefined)
      licences.set(licence, { components: 1, example: [...component].slice(0, MAX_NAME).join('') });
    else known.components += 1;
  }
  if (licences.size > MAX_LICENCES) throw tooLarge(name, `names over ${MAX_LICENCES} different licences`);
  return [...licences].map(([licence, use]) => ({ licence, ...use }));
}

function tooLarge({ what, field }: DocumentName, why: string): AlgogateError {
  return new AlgogateError('TOO_LARGE', `${what} ${why}`, field);
}
