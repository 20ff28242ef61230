import fc from 'fast-check';

import {
  changePermissions,
  inheritedPermissions,
  inheritsFrom,
  samePermissions,
} from '../../src/domain/major-permissions';
import { DEFAULT_PERMISSIONS, type MajorPermissions } from '../../src/domain/permissions';
import { errorOf } from './support';

const permissions: fc.Arbitrary<MajorPermissions> = fc.record({
  visibility: fc.constantFrom('PRIVATE', 'PUBLIC'),
  callers: fc.constantFrom('EVERYONE', 'GRANTED'),
  sourceVisibility: fc.constantFrom('CLOSED', 'OPEN'),
  networkAccess: fc.constantFrom('FULL', 'ISOLATED'),
  callsAlgorithms: fc.boolean(),
});

const WIDTH = { PRIVATE: 0, PUBLIC: 1, GRANTED: 0, EVERYONE: 1, CLOSED: 0, OPEN: 1 } as const;

test('until a major has versions, what is set holds', () => {
  fc.assert(
    fc.property(permissions, permissions, (from, to) =>
      expect(changePermissions(from, to, false)).toEqual(to),
    ),
  );
});

test('with versions, a change goes through if and only if it narrows nothing and moves nothing that is fixed', () => {
  fc.assert(
    fc.property(permissions, permissions, (from, to) => {
      const fixed = from.networkAccess !== to.networkAccess || from.callsAlgorithms !== to.callsAlgorithms;
      const narrows = (['visibility', 'callers', 'sourceVisibility'] as const).some(
        (field) => WIDTH[to[field]] < WIDTH[from[field]],
      );
      const change = () => changePermissions(from, to, true);
      if (fixed) expect(errorOf(change).code).toBe('PERMISSIONS_FIXED_BY_MAJOR');
      else if (narrows) expect(errorOf(change).code).toBe('PERMISSIONS_NARROWING');
      else expect(change()).toEqual(to);
    }),
  );
});

test('what is not said stays', () => {
  fc.assert(
    fc.property(permissions, fc.boolean(), (from, hasVersions) => {
      expect(changePermissions(from, {}, hasVersions)).toEqual(from);
      expect(samePermissions(from, changePermissions(from, { visibility: undefined }, hasVersions))).toBe(
        true,
      );
    }),
  );
});

test('a major that nobody configured takes over from the highest below it', () => {
  const open: MajorPermissions = { ...DEFAULT_PERMISSIONS, visibility: 'PUBLIC' };
  const isolated: MajorPermissions = { ...DEFAULT_PERMISSIONS, networkAccess: 'ISOLATED' };
  const majors = new Map([
    [10, open],
    [2, isolated],
    [0, open],
  ]);
  const table: [number, number | null, MajorPermissions][] = [
    [0, null, DEFAULT_PERMISSIONS],
    [1, 0, open],
    [2, 0, open],
    [3, 2, isolated],
    [10, 2, isolated],
    [11, 10, open],
  ];
  for (const [number, from, expected] of table) {
    expect([number, inheritsFrom(majors, number)]).toEqual([number, from]);
    expect(inheritedPermissions(majors, number)).toEqual(expected);
  }
  expect(inheritedPermissions(new Map(), 7)).toEqual(DEFAULT_PERMISSIONS);
});
