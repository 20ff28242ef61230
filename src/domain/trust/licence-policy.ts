import { AlgogateError } from '../errors';
import {
  type Licence,
  type LicenceExpression,
  NOASSERTION,
  parseLicenceExpression,
} from './licence-expression';

/** Which licences a version may bring along; both lists empty: any. */
export interface LicencePolicy {
  /** With entries, nothing else is allowed. */
  readonly allow: readonly string[];
  /** Never allowed, whatever `allow` says. */
  readonly deny: readonly string[];
}

export const ANY_LICENCE: LicencePolicy = { allow: [], deny: [] };

/** A licence, and what has it. */
export interface LicenceUse {
  /** An SPDX expression, or what stands in the place of one. */
  readonly licence: string;
  readonly component: string;
}

const MAX_ENTRIES = 200;
const MAX_ENTRY_LENGTH = 100;

/**
 * Checks the lists that somebody wants: each entry is one licence, by itself or with an exception, or `NOASSERTION` or
 * `NONE` for components of which nothing is known, or which have none.
 * @throws AlgogateError INVALID_INPUT
 */
export function validLicencePolicy(
  { allow, deny }: LicencePolicy,
  field: readonly string[] = ['policies', 'licences'],
): LicencePolicy {
  return { allow: validEntries(allow, [...field, 'allow']), deny: validEntries(deny, [...field, 'deny']) };
}

function validEntries(entries: readonly string[], field: readonly string[]): readonly string[] {
  const unique = [...new Set(entries)];
  if (unique.length > MAX_ENTRIES) {
    throw new AlgogateError('INVALID_INPUT', `a list has at most ${MAX_ENTRIES} licences`, field);
  }
  const wrong = unique.findIndex((entry) => entry.length > MAX_ENTRY_LENGTH || licenceIn(entry) === null);
  if (wrong >= 0) {
    const message = `${JSON.stringify(unique[wrong]?.slice(0, MAX_ENTRY_LENGTH))} is not one SPDX licence`;
    throw new AlgogateError('INVALID_INPUT', message, [...field, String(wrong)]);
  }
  return unique;
}

export function isAnyLicence({ allow, deny }: LicencePolicy): boolean {
  return allow.length === 0 && deny.length === 0;
}

/**
 * Holds licences against a policy. Of an OR one side has to pass, of an AND both. What is no SPDX expression counts as
 * NOASSERTION, which passes where there is no list of what is allowed. Source: chapter 7, "SBOM and licences".
 * @throws AlgogateError LICENCE_DENIED, naming the licence and what has it
 */
export function assertLicences(policy: LicencePolicy, uses: readonly LicenceUse[]): void {
  const allow = policy.allow.map(licenceIn).filter((entry) => entry !== null);
  const deny = policy.deny.map(licenceIn).filter((entry) => entry !== null);
  const passes = (licence: Licence): boolean =>
    !deny.some((entry) => covers(entry, licence)) &&
    (allow.length === 0 || allow.some((entry) => covers(entry, licence)));
  for (const { licence, component } of uses) {
    const denied = firstDenied(parseLicenceExpression(licence) ?? UNKNOWN, passes);
    if (denied === null) continue;
    const said = denied === UNKNOWN ? `${JSON.stringify(licence)} (no SPDX expression)` : denied.text;
    throw new AlgogateError('LICENCE_DENIED', `the licence policy does not allow ${said}, of ${component}`);
  }
}

const UNKNOWN: Licence = {
  kind: 'licence',
  text: NOASSERTION,
  id: NOASSERTION.toLowerCase(),
  orLater: false,
  exception: null,
};

/** The licence that an expression cannot be had without, and that does not pass; null: it can be had. */
function firstDenied(expression: LicenceExpression, passes: (licence: Licence) => boolean): Licence | null {
  if (expression.kind === 'licence') return passes(expression) ? null : expression;
  const found = expression.of.map((part) => firstDenied(part, passes));
  if (expression.kind === 'any' && found.includes(null)) return null;
  return found.find((denied) => denied !== null) ?? null;
}

/**
 * Whether an entry of a policy is about a licence: some version that the licence may be taken in is one that the entry
 * means. So `GPL-2.0-or-later` is allowed by `GPL-3.0-only`, and denied by it. An exception only adds permission: an
 * entry without one is about the licence with any.
 */
function covers(entry: Licence, licence: Licence): boolean {
  if (entry.exception !== null && entry.exception !== licence.exception) return false;
  if (entry.id === licence.id) return true;
  const [a, b] = [versioned(entry.id), versioned(licence.id)];
  if (a === null || b === null || a.family !== b.family) return false;
  const order = compareVersions(a.version, b.version);
  if (order === 0) return true;
  return order < 0 ? entry.orLater : licence.orLater;
}

function versioned(id: string): { readonly family: string; readonly version: readonly number[] } | null {
  const [, family, version] = /^(?!licenseref-|documentref-)(.+)-(\d+(?:\.\d+)*)$/.exec(id) ?? [];
  if (family === undefined || version === undefined) return null;
  return { family, version: version.split('.').map(Number) };
}

function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function licenceIn(entry: string): Licence | null {
  const expression = parseLicenceExpression(entry);
  return expression?.kind === 'licence' ? expression : null;
}
