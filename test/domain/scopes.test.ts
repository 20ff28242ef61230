import fc from 'fast-check';

import {
  ANONYMOUS,
  OPERATOR,
  type Principal,
  ROLES,
  type Scope,
  SCOPE_ACTIONS,
} from '../../src/domain/principal';
import { formatScope, hasScope, includesScopes, parseScope, scopedRights } from '../../src/domain/scopes';
import { errorOf } from './support';

const OWNERS = ['acme', 'beta'];
const NAMES = ['detect', 'count'];

const scope: fc.Arbitrary<Scope> = fc
  .record({
    action: fc.constantFrom(...SCOPE_ACTIONS),
    owner: fc.option(fc.constantFrom(...OWNERS)),
    algorithm: fc.option(fc.constantFrom(...NAMES)),
  })
  .map(({ action, owner, algorithm }) => ({ action, owner, algorithm: owner === null ? null : algorithm }));
const scopes = fc.array(scope, { maxLength: 3 });
const rightsOf = (list: readonly Scope[], owner: string, name: string | null) =>
  scopedRights({ id: 1, prefix: 'agk_00000000', scopes: list }, owner, name);
const level = (role: (typeof ROLES)[number] | null) => (role === null ? -1 : ROLES.indexOf(role));

test('a scope is read and written alike, without regard to the case of names', () => {
  fc.assert(fc.property(scope, (one) => expect(parseScope(formatScope(one))).toEqual(one)));
  expect(parseScope('call:Acme/Detect')).toEqual({ action: 'call', owner: 'acme', algorithm: 'detect' });
  expect(parseScope('publish:ACME/*')).toEqual({ action: 'publish', owner: 'acme', algorithm: null });
});

test.each([
  '',
  'write',
  'READ',
  'read:',
  'read:acme',
  'read:acme/',
  'read:*/x',
  'read:acme/x/1',
  'read:a b/x',
  ' read',
])('%j is no scope', (text) => {
  expect(errorOf(() => parseScope(text)).code).toBe('INVALID_INPUT');
});

test('what is included can do nothing that its holder cannot, anywhere', () => {
  fc.assert(
    fc.property(scopes, scopes, (held, asked) => {
      fc.pre(includesScopes(held, asked));
      for (const owner of [...OWNERS, 'other']) {
        for (const name of [null, ...NAMES, 'other']) {
          const own = rightsOf(held, owner, name);
          const made = rightsOf(asked, owner, name);
          for (const right of ['read', 'resolve', 'call', 'release'] as const)
            expect(own[right] || !made[right]).toBe(true);
          expect(level(made.roleCap)).toBeLessThanOrEqual(level(own.roleCap));
        }
      }
    }),
    { numRuns: 2000 },
  );
});

test('a key may always make its like, and a part of it', () => {
  fc.assert(
    fc.property(scopes, fc.array(fc.nat({ max: 2 }), { minLength: 1 }), (held, picks) => {
      expect(includesScopes(held, held)).toBe(true);
      const part = picks.flatMap((at) => held[at] ?? []);
      if (part.length > 0) expect(includesScopes(held, part)).toBe(true);
    }),
  );
});

describe('the scopes that a credential has, as text', () => {
  const owner = { id: 1, handle: 'acme' };
  const withKey = (...list: string[]): Principal => ({
    kind: 'organization',
    owner,
    key: { id: 1, prefix: 'agk_00000000', scopes: list.map(parseScope) },
  });

  test.each<[Principal, string, boolean]>([
    [ANONYMOUS, 'read', false],
    [OPERATOR, 'admin', true],
    [OPERATOR, 'billing', false],
    [withKey(), 'publish:acme/*', true],
    [withKey(), 'anything at all', false],
    [withKey('read'), 'read', true],
    [withKey('read'), 'read:beta/*', true],
    [withKey('read'), 'call', false],
    [withKey('read:acme/*'), 'read:acme/*', true],
    [withKey('read:acme/*'), 'read:acme/detect', true],
    [withKey('read:acme/*'), 'read', false],
    [withKey('publish'), 'read', true],
    [withKey('admin'), 'publish', true],
    [{ kind: 'user', owner, roles: new Map(), key: null }, 'call', true],
  ])('%j, %s: %s', (principal, text, expected) => {
    expect(hasScope(principal, text)).toBe(expected);
  });
});
