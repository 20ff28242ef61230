import { z } from 'zod';

import { NOASSERTION } from '../domain/trust/licence-expression';
import type { Component } from './sbom';
import { type DocumentName, malformed } from './strict-json';

const TEXT = z.string().refine((text) => text.isWellFormed());

const DOCUMENT = z.object({
  spdxVersion: z.string().regex(/^SPDX-2\.[0-3]$/),
  packages: z.array(z.unknown()).nullish(),
});

const PACKAGE = z.object({ name: TEXT, licenseConcluded: TEXT.nullish(), licenseDeclared: TEXT.nullish() });

export type Spdx = z.infer<typeof DOCUMENT>;

export function isSpdx(document: unknown): document is Spdx {
  return DOCUMENT.safeParse(document).success;
}

/**
 * The packages of a document, with the licence that its author concluded or, where that is not said, the one that the
 * package declares.
 * @throws AlgogateError INVALID_INPUT
 */
export function packagesOfSpdx({ packages }: Spdx, name: DocumentName): Component[] {
  return (packages ?? []).map((each, at) => {
    const read = PACKAGE.safeParse(each);
    if (!read.success) throw malformed(name, `has a package that is none: packages.${at}`);
    const { licenseConcluded, licenseDeclared } = read.data;
    const said = [licenseConcluded, licenseDeclared].find(
      (licence) => licence != null && licence !== NOASSERTION,
    );
    return { name: read.data.name, licence: said ?? NOASSERTION };
  });
}
