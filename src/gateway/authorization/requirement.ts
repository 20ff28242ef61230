/**
 * Names in two levels: one of the groups must hold, and of a group every name. So are the arguments of
 * `@requiresScopes` and `@policy`. No group at all never holds, an empty group always does.
 */
export type Alternatives = readonly (readonly string[])[];

/** What holds always: a directive that is not there. */
export const ALWAYS: Alternatives = [[]];

/** What a field or a type asks of whoever wants it: all three. */
export interface Requirement {
  readonly authenticated: boolean;
  readonly scopes: Alternatives;
  readonly policies: Alternatives;
}

export const NOTHING: Requirement = { authenticated: false, scopes: ALWAYS, policies: ALWAYS };

/** The same alternatives in one form: each name once, no group that another one contains, all in order. */
export function normalized(alternatives: Alternatives): Alternatives {
  const groups = alternatives.map((group) => [...new Set(group)].sort());
  const least = groups.filter(
    (group, at) =>
      !groups.some((other, place) => {
        const within = other.every((name) => group.includes(name));
        return place !== at && within && (other.length < group.length || place < at);
      }),
  );
  return least.sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
}

/** What holds where both hold. */
export function both(left: Requirement, right: Requirement): Requirement {
  const product = (a: Alternatives, b: Alternatives): Alternatives =>
    normalized(a.flatMap((group) => b.map((other) => [...group, ...other])));
  return {
    authenticated: left.authenticated || right.authenticated,
    scopes: product(left.scopes, right.scopes),
    policies: product(left.policies, right.policies),
  };
}

/** True where whoever meets `left` meets `right`. */
export function implies(left: Requirement, right: Requirement): boolean {
  const within = (a: Alternatives, b: Alternatives): boolean =>
    a.every((group) => b.some((other) => other.every((name) => group.includes(name))));
  return (
    (left.authenticated || !right.authenticated) &&
    within(left.scopes, right.scopes) &&
    within(left.policies, right.policies)
  );
}

/** One text for what is one requirement, however it is written. */
export function keyOf({ authenticated, scopes, policies }: Requirement): string {
  return JSON.stringify([authenticated, normalized(scopes), normalized(policies)]);
}

/** `a valid credential, and the scopes "read" and "call" or "admin"`: what is asked, in words. */
export function inWords({ authenticated, scopes, policies }: Requirement): string {
  const parts = [
    ...(authenticated ? ['a valid credential'] : []),
    ...(isAlways(scopes) ? [] : [named('scope', scopes)]),
    ...(isAlways(policies) ? [] : [named('policy', policies)]),
  ];
  return parts.length === 0 ? 'nothing' : parts.join(', and ');
}

function isAlways(alternatives: Alternatives): boolean {
  return alternatives.some((group) => group.length === 0);
}

const PLURAL = { scope: 'scopes', policy: 'policies' } as const;

function named(what: keyof typeof PLURAL, alternatives: Alternatives): string {
  if (alternatives.length === 0) return `a ${what} that nobody has`;
  const single = alternatives.length === 1 && alternatives[0]?.length === 1;
  const groups = alternatives.map((group) => group.map((name) => JSON.stringify(name)).join(' and '));
  return `the ${single ? what : PLURAL[what]} ${groups.join(' or ')}`;
}
