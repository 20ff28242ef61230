import { AlgogateError } from '../errors';
import { isGateName } from './gates';

export type JsonScalar = string | number | boolean | null;

/** What CI measured of one version, by name. */
export type ReportValues = Readonly<Record<string, JsonScalar>>;

/** One value of a report, as it comes in. */
export interface ReportedValue {
  readonly name: string;
  readonly value?: unknown;
}

const MAX_VALUES = 200;
const MAX_STRING_LENGTH = 200;
/**
 * Of all names and values as JSON. The ledger keeps a report and how the gates of one policy judged it in one entry,
 * which takes 65,535 bytes: with MAX_POLICY_BYTES for the gates there is room for both.
 */
const MAX_REPORT_BYTES = 16_000;

/**
 * The values of a report. Whatever JSON writes without nesting is kept, fit for a gate or not: a report that cannot be
 * judged must be there to fail, or the one before it would go on counting. A NaN and the infinities, which JSON does
 * not have, are kept as null, which no gate passes.
 * @param field of the input that the list stands in; a faulty value is named by its index in it
 * @throws AlgogateError INVALID_INPUT
 */
export function parseReportValues(
  reported: readonly ReportedValue[],
  field: readonly string[] = ['gates'],
): ReportValues {
  if (reported.length > MAX_VALUES) throw invalid(`a report has at most ${MAX_VALUES} values`, field);
  const values = new Map<string, JsonScalar>();
  for (const [index, { name, value }] of reported.entries()) {
    const path = [...field, String(index)];
    if (!isGateName(name))
      throw invalid(`${JSON.stringify(name)} is not the name of a gate`, [...path, 'name']);
    if (values.has(name)) throw invalid(`${name} is there already`, [...path, 'name']);
    values.set(name, scalarOf(value, [...path, 'value']));
  }
  // by fromEntries, which makes a property of its own of every name, `constructor` as any other
  const all = Object.fromEntries(values);
  if (Buffer.byteLength(JSON.stringify(all)) > MAX_REPORT_BYTES) {
    throw invalid(`a report has at most ${MAX_REPORT_BYTES} bytes as JSON`, field);
  }
  return all;
}

function scalarOf(value: unknown, field: readonly string[]): JsonScalar {
  if (value == null || typeof value === 'boolean') return value ?? null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string') {
    throw invalid('a value in a report is a number, a string, true, false or null', field);
  }
  if (value.length > MAX_STRING_LENGTH) {
    throw invalid(`a string in a report has at most ${MAX_STRING_LENGTH} characters`, field);
  }
  return value;
}

function invalid(message: string, field: readonly string[]): AlgogateError {
  return new AlgogateError('INVALID_INPUT', message, field);
}
