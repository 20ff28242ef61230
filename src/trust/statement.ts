import { z } from 'zod';

import type { StatementSubject } from '../domain/trust/about-build';
import { type DocumentName, malformed, parseStrictJson } from './strict-json';

/** What an attestation says of what: the part of an in-toto statement that we look at. */
export interface Statement {
  /** A URI that says what kind of statement it is, such as `https://slsa.dev/provenance/v1`. */
  readonly predicateType: string;
  readonly subjects: readonly StatementSubject[];
}

const MAX_SUBJECTS = 1000;

const STATEMENT = z.object({
  _type: z.enum(['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1']),
  subject: z
    .array(z.object({ digest: z.record(z.string(), z.string()) }))
    .min(1)
    .max(MAX_SUBJECTS),
  predicateType: z
    .string()
    .max(500)
    .regex(/^[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]+$/),
});

/**
 * Reads the payload of an envelope: an in-toto statement, v1 or v0.1.
 * Source: in-toto, spec/v1/statement.md, spec/v0.1/statement.md.
 * @throws AlgogateError INVALID_INPUT
 */
export function parseStatement(payload: Buffer, name: DocumentName): Statement {
  const read = STATEMENT.safeParse(parseStrictJson(textOf(payload, name), name));
  if (!read.success) {
    const where = read.error.issues[0]?.path.join('.') ?? '';
    throw malformed(name, `is about no in-toto statement, v1 or v0.1${where === '' ? '' : `: ${where}`}`);
  }
  const { predicateType, subject } = read.data;
  return { predicateType, subjects: subject.map(({ digest }) => new Map(Object.entries(digest))) };
}

function textOf(payload: Buffer, name: DocumentName): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload);
  } catch {
    throw malformed(name, 'has a payload that is no UTF-8');
  }
}
