import { z } from 'zod';

import { NOASSERTION } from '../domain/trust/licence-expression';
import type { Component } from './sbom';
import { type DocumentName, malformed } from './strict-json';

const TEXT = z.string().refine((text) => text.isWellFormed());

const DOCUMENT = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string().regex(/^1\.[2-7]$/),
  metadata: z.object({ component: z.unknown().optional() }).nullish(),
  components: z.array(z.unknown()).nullish(),
});

const COMPONENT = z.object({
  name: TEXT,
  licenses: z
    .array(
      z.union([
        z.object({ expression: TEXT }),
        z.object({ license: z.union([z.object({ id: TEXT }), z.object({ name: TEXT })]) }),
      ]),
    )
    .nullish(),
  components: z.array(z.unknown()).nullish(),
});

export type CycloneDx = z.infer<typeof DOCUMENT>;
type Licences = z.infer<typeof COMPONENT>['licenses'];

export function isCycloneDx(document: unknown): document is CycloneDx {
  return DOCUMENT.safeParse(document).success;
}

/**
 * The components of a document, that which it is about included, and those within others.
 * @throws AlgogateError INVALID_INPUT
 */
export function componentsOfCycloneDx({ metadata, components }: CycloneDx, name: DocumentName): Component[] {
  const about = metadata?.component;
  const waiting: unknown[] = [...(about === undefined ? [] : [about]), ...(components ?? [])].reverse();
  const found: Component[] = [];
  while (waiting.length > 0) {
    const read = COMPONENT.safeParse(waiting.pop());
    if (!read.success) throw malformed(name, `has a component that is none: ${pathOf(read.error)}`);
    found.push({ name: read.data.name, licence: licenceOf(read.data.licenses) });
    // one by one: a call takes no more arguments than the stack has room for
    for (const inner of [...(read.data.components ?? [])].reverse()) waiting.push(inner);
  }
  return found;
}

/** Several entries are licences that all hold: the format does not say otherwise, and an AND refuses more. */
function licenceOf(licences: Licences): string {
  const texts = (licences ?? []).map((entry) => {
    if ('expression' in entry) return entry.expression;
    return 'id' in entry.license ? entry.license.id : entry.license.name;
  });
  if (texts.length === 0) return NOASSERTION;
  return texts.length === 1 ? (texts[0] ?? NOASSERTION) : texts.map((text) => `(${text})`).join(' AND ');
}

function pathOf(error: z.ZodError): string {
  return error.issues[0]?.path.join('.') ?? '';
}
