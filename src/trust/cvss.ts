import { Cvss2, Cvss3P0, Cvss3P1, Cvss4P0 } from 'ae-cvss-calculator';

/** A version of CVSS: how its vectors begin, the metrics that each of them has, and their values. */
interface CvssVersion {
  readonly prefix: string;
  readonly base: Readonly<Record<string, string>>;
  readonly score: (vector: string) => number | undefined;
}

const V3 = { AV: 'NALP', AC: 'LH', PR: 'NLH', UI: 'NR', S: 'UC', C: 'NLH', I: 'NLH', A: 'NLH' };
const VERSIONS: readonly CvssVersion[] = [
  { prefix: 'CVSS:3.1/', base: V3, score: (vector) => new Cvss3P1(vector).calculateScores().base },
  { prefix: 'CVSS:3.0/', base: V3, score: (vector) => new Cvss3P0(vector).calculateScores().base },
  {
    prefix: 'CVSS:4.0/',
    base: {
      ...{ AV: 'NALP', AC: 'LH', AT: 'NP', PR: 'NLH', UI: 'NPA' },
      ...{ VC: 'HLN', VI: 'HLN', VA: 'HLN', SC: 'HLN', SI: 'HLN', SA: 'HLN' },
    },
    score: (vector) => new Cvss4P0(vector).calculateScores().base,
  },
  {
    prefix: '',
    base: { AV: 'LAN', AC: 'HML', Au: 'MSN', C: 'NPC', I: 'NPC', A: 'NPC' },
    score: (vector) => new Cvss2(vector).calculateScores().base,
  },
];

const MAX_LENGTH = 500;

/**
 * The base score of a CVSS vector, 2.0, 3.0, 3.1 or 4.0; null for what is none. All base metrics must be there, each once:
 * the calculator would take one that is missing for harmless. The other metrics are left out of it: they are about a
 * place where the thing runs, which is not known here.
 * Source: FIRST, CVSS v3.1 specification, 6 and 7.1; v4.0, 7.
 */
export function cvssBaseScore(vector: string): number | null {
  const version = VERSIONS.find(({ prefix }) => vector.startsWith(prefix));
  if (version === undefined || vector.length > MAX_LENGTH) return null;
  const metrics = metricsOf(vector.slice(version.prefix.length));
  if (metrics === null) return null;
  const base = Object.entries(version.base);
  if (!base.every(([name, values]) => isOneOf(metrics.get(name), values))) return null;
  const text = base.map(([name]) => `${name}:${metrics.get(name) ?? ''}`).join('/');
  return version.score(`${version.prefix}${text}`) ?? null;
}

function metricsOf(text: string): ReadonlyMap<string, string> | null {
  const metrics = new Map<string, string>();
  for (const part of text.split('/')) {
    const [, name, value] = /^([A-Za-z]{1,4}):([A-Za-z]{1,10})$/.exec(part) ?? [];
    if (name === undefined || value === undefined || metrics.has(name)) return null;
    metrics.set(name, value);
  }
  return metrics;
}

function isOneOf(value: string | undefined, values: string): boolean {
  return value?.length === 1 && values.includes(value);
}
