import type { Alternatives, Requirement } from './requirement';

/** What the caller of one request has. */
export interface Rights {
  /** It came with a credential that is good. */
  readonly authenticated: boolean;
  /** A set of strings, or what answers like one. */
  readonly scopes: Pick<ReadonlySet<string>, 'has'>;
  /** Which of `names` hold for it; asked at most once a request, with all that its operation needs. */
  readonly policies: (names: readonly string[]) => ReadonlySet<string> | Promise<ReadonlySet<string>>;
}

/** Of whoever nothing is known of. */
export const NO_RIGHTS: Rights = {
  authenticated: false,
  scopes: new Set(),
  policies: () => new Set(),
};

/**
 * Which of `requirements` are met: one character for each, in their order. It is what a plan depends on, and all that
 * it does: whoever makes up scopes makes up no new plans.
 */
export function outcomeOf(requirements: readonly Requirement[], rights: Rights): string | Promise<string> {
  const names = [...new Set(requirements.flatMap(({ policies }) => policies.flat()))];
  if (names.length === 0) return outcomeWith(requirements, rights, NONE);
  const policies = rights.policies(names);
  return policies instanceof Promise
    ? policies.then((known) => outcomeWith(requirements, rights, known))
    : outcomeWith(requirements, rights, policies);
}

const NONE: ReadonlySet<string> = new Set();

function outcomeWith(
  requirements: readonly Requirement[],
  { authenticated, scopes }: Rights,
  policies: ReadonlySet<string>,
): string {
  let outcome = '';
  for (const requirement of requirements) {
    const met =
      (authenticated || !requirement.authenticated) &&
      holds(requirement.scopes, scopes) &&
      holds(requirement.policies, policies);
    outcome += met ? '1' : '0';
  }
  return outcome;
}

function holds(alternatives: Alternatives, held: Pick<ReadonlySet<string>, 'has'>): boolean {
  return alternatives.some((group) => group.every((name) => held.has(name)));
}
