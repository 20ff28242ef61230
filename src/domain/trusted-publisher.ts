import { AlgogateError } from './errors';

/** Whose pipelines may publish an algorithm, as an admin said. Source: chapter 7, "Trusted publishing". */
export interface PublisherFacts {
  /** The issuer of the tokens of its pipelines. */
  readonly issuer: string;
  readonly repository: string;
  readonly workflow: string;
  /** Null: whatever the token says of it, or nothing. */
  readonly environment: string | null;
  /** What other claims of the token must say. */
  readonly claims: Readonly<Record<string, string>>;
}

/** What the token of a pipeline says. */
export interface PipelineFacts {
  readonly issuer: string;
  readonly repository: string | null;
  readonly workflow: string | null;
  readonly environment: string | null;
  /** A claim that is a text, by its name; null where there is none. */
  readonly claim: (name: string) => string | null;
}

export const MAX_CLAIMS = 10;
const MAX_LENGTHS = { issuer: 400, repository: 255, workflow: 400, environment: 255, claims: 400 } as const;
/** What a token can say and people can tell apart: no control characters, no letters that look like others. */
const PLAIN = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/;

/**
 * Whether a pipeline is that of a publisher. Everything is compared to the letter: `org/repo` is neither `org/repo-2`
 * nor `Org/Repo`, and what a token does not say is nothing that was asked for.
 */
export function isPipelineOf(publisher: PublisherFacts, pipeline: PipelineFacts): boolean {
  return (
    pipeline.issuer === publisher.issuer &&
    pipeline.repository === publisher.repository &&
    pipeline.workflow === publisher.workflow &&
    (publisher.environment === null || pipeline.environment === publisher.environment) &&
    Object.entries(publisher.claims).every(([name, value]) => pipeline.claim(name) === value)
  );
}

/** Whether both ask for the same. */
export function samePublisher(one: PublisherFacts, other: PublisherFacts): boolean {
  const names = Object.keys(one.claims);
  return (
    one.issuer === other.issuer &&
    one.repository === other.repository &&
    one.workflow === other.workflow &&
    one.environment === other.environment &&
    names.length === Object.keys(other.claims).length &&
    names.every((name) => Object.hasOwn(other.claims, name) && one.claims[name] === other.claims[name])
  );
}

/** @throws AlgogateError INVALID_INPUT naming the field */
export function assertPublisher(publisher: PublisherFacts): void {
  const { issuer, repository, workflow, environment, claims } = publisher;
  assertPlain(issuer, 'issuer');
  assertPlain(repository, 'repository');
  assertPlain(workflow, 'workflow');
  if (environment !== null) assertPlain(environment, 'environment');
  const entries = Object.entries(claims);
  if (entries.length > MAX_CLAIMS) throw invalid('claims', `are more than ${MAX_CLAIMS}`);
  for (const text of entries.flat()) assertPlain(text, 'claims');
}

function assertPlain(text: string, field: keyof typeof MAX_LENGTHS): void {
  const most = MAX_LENGTHS[field];
  if (text.length > most) throw invalid(field, `is over ${most} characters`);
  if (!PLAIN.test(text))
    throw invalid(field, 'has characters other than those of ASCII, or a space at an end');
}

function invalid(field: string, problem: string): AlgogateError {
  return new AlgogateError('INVALID_INPUT', `${field} ${problem}`, [field]);
}
