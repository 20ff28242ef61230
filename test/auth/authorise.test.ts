import { assertMayCall, authorise, maySeeAlgorithm, rightsOnAlgorithm } from '../../src/auth';
import { AlgorithmCatalog } from '../../src/domain/catalog';
import type { VersionFacts } from '../../src/domain/facts';
import { DEFAULT_PERMISSIONS, type Grants } from '../../src/domain/permissions';
import { ANONYMOUS, OPERATOR, type Principal, type Role } from '../../src/domain/principal';
import { parseReference } from '../../src/domain/reference';
import { resolve } from '../../src/domain/resolve';
import { parseScope } from '../../src/domain/scopes';
import { type AlgorithmView, NO_RELEASE_CONTROL } from '../../src/resolution';
import { build, errorOf, facts, PRIVATE, sha } from '../domain/support';

const ACME = 1;
const ADA = 10;

function algorithm(
  versions: readonly VersionFacts[],
  more: Partial<AlgorithmView['standing']> = {},
): AlgorithmView {
  const builds = [...versions.map((version) => version.build), build('b0')];
  return {
    ...{ id: 1, name: 'Detect', ownerKey: 'acme', nameKey: 'detect' },
    owner: { id: ACME, handle: 'Acme', publicSequence: 3, privateSequence: 4 },
    catalog: AlgorithmCatalog.from(versions, builds),
    standing: { listed: true, permissions: new Map([[1, DEFAULT_PERMISSIONS]]), grants: new Map(), ...more },
    release: NO_RELEASE_CONTROL,
  };
}

const user = (role: Role | null = null, ...scopes: readonly string[]): Principal => ({
  kind: 'user',
  owner: { id: ADA, handle: 'Ada' },
  roles: new Map(role === null ? [] : [[ACME, role]]),
  key: scopes.length === 0 ? null : { id: 1, prefix: 'agk_00000000', scopes: scopes.map(parseScope) },
});
const GRANTED: ReadonlyMap<number, Grants> = new Map([[1, new Map([[ADA, 'CALL']])]]);

/** The version or SHA that a principal gets for a selector, or the code of the refusal; then that of a call. */
function outcome(principal: Principal, selector: string, view: AlgorithmView): string {
  const reference = parseReference(`acme/detect/${selector}`);
  const resolved = resolve(view.catalog, reference.selector);
  const answer = resolved && { reference, resolved, algorithm: view };
  try {
    const authorised = authorise(principal, reference, answer, 'resolve');
    const name = authorised.resolved.version?.version ?? 'the build';
    try {
      assertMayCall(principal, authorised);
      return `${name}, called`;
    } catch (error) {
      return `${name}, ${(error as { code: string }).code}`;
    }
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const VERSIONS = [
  facts('1.0.0'),
  facts('1.0.1', PRIVATE),
  facts('1.1.0', { state: 'TAKEN_DOWN' }),
  facts('1.1.1', { ...PRIVATE, state: 'TAKEN_DOWN' }),
  facts('1.2.0', { state: 'PENDING_APPROVAL' }),
];
const SELECTORS = ['1', '1.0.0', '1.0.1', '1.1.0', '1.1.1', '1.2.0', 'latestPrivate', sha('b0'), '9.9.9'];
const PUBLIC_CALLED = '1.0.0, called';

const TABLE: readonly (readonly [who: string, Principal, ReadonlyMap<number, Grants>, readonly string[]])[] =
  [
    [
      'anonymous',
      ANONYMOUS,
      new Map(),
      [
        ...['1.0.0, UNAUTHENTICATED', '1.0.0, UNAUTHENTICATED', 'NOT_FOUND', 'GONE', 'NOT_FOUND'],
        ...['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'],
      ],
    ],
    [
      'an outsider',
      user(),
      new Map(),
      [
        ...[PUBLIC_CALLED, PUBLIC_CALLED, 'NOT_FOUND', 'GONE', 'NOT_FOUND'],
        ...['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'],
      ],
    ],
    [
      'a grantee',
      user(),
      GRANTED,
      [
        ...[PUBLIC_CALLED, PUBLIC_CALLED, '1.0.1, called', 'GONE', 'GONE'],
        ...['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'],
      ],
    ],
    [
      'a member',
      user('MEMBER'),
      new Map(),
      [
        ...[PUBLIC_CALLED, PUBLIC_CALLED, '1.0.1, called', 'GONE', 'GONE'],
        ...['NOT_FOUND', '1.0.1, called', 'the build, called', 'NOT_FOUND'],
      ],
    ],
    [
      'a member with a key to read',
      user('ADMIN', 'read'),
      new Map(),
      [
        ...['1.0.0, FORBIDDEN', '1.0.0, FORBIDDEN', '1.0.1, FORBIDDEN', 'GONE', 'GONE'],
        ...['NOT_FOUND', '1.0.1, FORBIDDEN', 'the build, FORBIDDEN', 'NOT_FOUND'],
      ],
    ],
    [
      'a member with a key to call elsewhere',
      user('ADMIN', 'call:other/*'),
      GRANTED,
      [
        ...['1.0.0, FORBIDDEN', '1.0.0, FORBIDDEN', 'NOT_FOUND', 'GONE', 'NOT_FOUND'],
        ...['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'],
      ],
    ],
    [
      'the operator',
      OPERATOR,
      new Map(),
      [
        ...[PUBLIC_CALLED, PUBLIC_CALLED, '1.0.1, called', 'GONE', 'GONE'],
        ...['NOT_FOUND', '1.0.1, called', 'the build, called', 'NOT_FOUND'],
      ],
    ],
  ];

test.each(TABLE)('what %s gets', (_who, principal, grants, expected) => {
  const view = algorithm(VERSIONS, { grants });
  expect(SELECTORS.map((selector) => outcome(principal, selector, view))).toEqual(expected);
});

test('the version that is found is the same for all who may have it, and the answer is passed on as it is', () => {
  const view = algorithm(VERSIONS);
  const reference = parseReference('acme/detect/1');
  const answer = { reference, resolved: resolve(view.catalog, reference.selector)!, algorithm: view };
  for (const principal of [ANONYMOUS, user(), user('ADMIN'), OPERATOR]) {
    const { rights, ...rest } = authorise(principal, reference, answer, 'read');
    expect(rest).toEqual(answer);
    expect(rights).toEqual(rightsOnAlgorithm(principal, view));
  }
});

test('what is hidden and what is missing are refused in the same words, with the names as they were written', () => {
  const view = algorithm(VERSIONS);
  for (const [selector, message] of [
    ['1.0.1', 'algorithm algo://ACME/Detect/1.0.1 not found'],
    ['latestPrivate', 'algorithm algo://ACME/Detect/latestPrivate not found'],
    ['7', 'no public version of ACME/Detect matches 7'],
  ] as const) {
    const reference = parseReference(`ACME/Detect/${selector}`);
    const resolved = resolve(view.catalog, reference.selector);
    const hidden = resolved && { reference, resolved, algorithm: view };
    for (const answer of [hidden, null]) {
      expect(errorOf(() => authorise(user(), reference, answer, 'resolve'))).toEqual({
        code: 'NOT_FOUND',
        message,
      });
    }
  }
});

test('who may know of an algorithm', () => {
  const knows = (principal: Principal, view: AlgorithmView) =>
    maySeeAlgorithm(principal, rightsOnAlgorithm(principal, view), view);
  const principals = [
    ANONYMOUS,
    user(),
    user('MEMBER'),
    user('ADMIN', 'read'),
    user('ADMIN', 'call'),
    user('ADMIN', 'read:other/*'),
    OPERATOR,
  ];
  const listed = algorithm(VERSIONS);
  expect(principals.map((principal) => knows(principal, listed))).toEqual(principals.map(() => true));
  const unlisted = algorithm([facts('1.0.0', PRIVATE)], { listed: false });
  expect(principals.map((principal) => knows(principal, unlisted))).toEqual([
    false,
    false,
    true,
    true,
    false,
    false,
    true,
  ]);
  const granted = { listed: false, grants: GRANTED };
  expect(knows(user(), algorithm([facts('1.0.0', PRIVATE)], granted))).toBe(true);
  expect(knows(user(), algorithm([facts('2.0.0', PRIVATE)], granted))).toBe(false);
  expect(knows(user(null, 'read:other/*'), algorithm([facts('1.0.0', PRIVATE)], granted))).toBe(false);
});
