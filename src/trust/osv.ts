import { z } from 'zod';

import { AlgogateError } from '../domain/errors';
import type { VulnerabilitySeverity } from '../domain/terms';
import { compareSeverities, severityOfScore, type Vulnerability } from '../domain/trust/vulnerability-policy';
import { cvssBaseScore } from './cvss';
import { type DocumentName, malformed, parseStrictJson } from './strict-json';

const MAX_RECORDS = 500;
const MAX_SUMMARY = 200;

const VECTORS = z.array(z.object({ type: z.string(), score: z.string() })).nullish();
const RATED = z.object({ severity: z.unknown() }).nullish();

const RECORD = z.object({
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/),
  modified: z.iso.datetime(),
  withdrawn: z.iso.datetime().nullish(),
  summary: z
    .string()
    .refine((text) => text.isWellFormed())
    .nullish(),
  severity: VECTORS,
  affected: z.array(z.object({ severity: VECTORS, database_specific: RATED })).nullish(),
  database_specific: RATED,
});

type OsvRecord = z.infer<typeof RECORD>;

/**
 * Reads a list of OSV records, as JSON.
 * Source: OSV schema 1.7, https://ossf.github.io/osv-schema/
 * @throws AlgogateError INVALID_INPUT, TOO_LARGE
 */
export function parseOsvRecords(text: string, name: DocumentName): Vulnerability[] {
  const records = parseStrictJson(text, name);
  if (!Array.isArray(records)) throw malformed(name, 'is no list of OSV records');
  if (records.length > MAX_RECORDS) {
    throw new AlgogateError('TOO_LARGE', `${name.what} has over ${MAX_RECORDS} records`, name.field);
  }
  const found = records.map((record, at) => readOne(record, at, name));
  const twice = found.find(({ id }, at) => found.findIndex((other) => other.id === id) < at);
  if (twice !== undefined) throw malformed(name, `has ${twice.id} twice`);
  return found;
}

function readOne(value: unknown, at: number, name: DocumentName): Vulnerability {
  const read = RECORD.safeParse(value);
  if (!read.success) {
    const path = [at, ...(read.error.issues[0]?.path ?? [])].join('.');
    throw malformed(name, `has a record that is none of OSV: ${path}`);
  }
  const { id, summary, withdrawn } = read.data;
  return {
    id,
    severity: severityOf(read.data),
    summary: summary == null ? null : [...summary].slice(0, MAX_SUMMARY).join(''),
    withdrawn: withdrawn != null,
  };
}

/** The worst that anybody rated it: by CVSS, or in a word. What cannot be read rates nothing. */
function severityOf({ severity, affected, database_specific: rated }: OsvRecord): VulnerabilitySeverity {
  const vectors = [severity, ...(affected ?? []).map((one) => one.severity)].flatMap((list) => list ?? []);
  const words = [rated, ...(affected ?? []).map((one) => one.database_specific)].map((one) => one?.severity);
  const known = [...vectors.map(({ score }) => ratedByVector(score)), ...words.map(ratedByWord)];
  const sorted = known.filter((one) => one !== null).sort(compareSeverities);
  return sorted.at(-1) ?? 'UNKNOWN';
}

function ratedByVector(vector: string): VulnerabilitySeverity | null {
  const score = cvssBaseScore(vector);
  return score === null ? null : severityOfScore(score);
}

/** GitHub's advisories say MODERATE for MEDIUM. */
const WORDS: ReadonlyMap<string, VulnerabilitySeverity> = new Map([
  ['LOW', 'LOW'],
  ['MODERATE', 'MEDIUM'],
  ['MEDIUM', 'MEDIUM'],
  ['HIGH', 'HIGH'],
  ['CRITICAL', 'CRITICAL'],
]);

function ratedByWord(word: unknown): VulnerabilitySeverity | null {
  return typeof word === 'string' ? (WORDS.get(word.toUpperCase()) ?? null) : null;
}
