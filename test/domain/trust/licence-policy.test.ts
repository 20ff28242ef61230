import fc from 'fast-check';

import { AlgogateError } from '../../../src/domain/errors';
import {
  assertLicences,
  isAnyLicence,
  type LicencePolicy,
  validLicencePolicy,
} from '../../../src/domain/trust/licence-policy';

/** The licence that a policy does not allow; null: all of it passes. */
function deniedBy(policy: LicencePolicy, licence: string): string | null {
  try {
    assertLicences(policy, [{ licence, component: 'left-pad' }]);
    return null;
  } catch (error) {
    expect(error).toMatchObject({ code: 'LICENCE_DENIED' });
    return (
      /^the licence policy does not allow (.*), of left-pad$/.exec((error as AlgogateError).message)?.[1] ??
      ''
    );
  }
}

const allow = (...licences: string[]): LicencePolicy => ({ allow: licences, deny: [] });
const deny = (...licences: string[]): LicencePolicy => ({ allow: [], deny: licences });

describe('licence policies', () => {
  test.each<[LicencePolicy, string, string | null]>([
    [allow('MIT'), 'MIT', null],
    [allow('mit'), 'MIT', null],
    [allow('MIT'), 'ISC', 'ISC'],
    [allow('MIT'), 'MIT OR ISC', null],
    [allow('MIT'), 'MIT AND ISC', 'ISC'],
    [allow('MIT', 'ISC'), 'MIT AND ISC', null],
    [allow('MIT'), '(GPL-3.0-only OR MIT) AND (ISC OR 0BSD)', 'ISC'],
    [allow('MIT'), 'GPL-2.0-only OR GPL-3.0-only', 'GPL-2.0-only'],
    // versions
    [allow('GPL-2.0-only'), 'GPL-2.0', null],
    [allow('GPL-2.0-only'), 'GPL-2.0-or-later', null],
    [allow('GPL-3.0-only'), 'GPL-2.0-or-later', null],
    [allow('GPL-3.0-only'), 'GPL-2.0-only', 'GPL-2.0-only'],
    [allow('GPL-2.0-only'), 'GPL-3.0-only', 'GPL-3.0-only'],
    [allow('GPL-2.0-or-later'), 'GPL-3.0-only', null],
    [allow('GPL-2.0+'), 'GPL-3.0-or-later', null],
    [allow('GPL-3.0-or-later'), 'GPL-2.0-only', 'GPL-2.0-only'],
    [allow('Apache-2.0'), 'Apache-1.1+', null],
    [allow('Apache-2.0'), 'Apache-1.1', 'Apache-1.1'],
    [allow('LGPL-2.1-or-later'), 'GPL-2.1-only', 'GPL-2.1-only'],
    [allow('MIT'), 'MIT+', null],
    [allow('LicenseRef-a-1.0+'), 'LicenseRef-a-2.0', 'LicenseRef-a-2.0'],
    // exceptions
    [allow('GPL-2.0-only'), 'GPL-2.0-only WITH Classpath-exception-2.0', null],
    [allow('GPL-2.0-only WITH Classpath-exception-2.0'), 'GPL-2.0-only WITH classpath-exception-2.0', null],
    [allow('GPL-2.0-only WITH Classpath-exception-2.0'), 'GPL-2.0-only', 'GPL-2.0-only'],
    [
      allow('GPL-2.0-only WITH Classpath-exception-2.0'),
      'GPL-2.0-only WITH GCC-exception-2.0',
      'GPL-2.0-only WITH GCC-exception-2.0',
    ],
    [deny('GPL-2.0-only'), 'GPL-2.0-only WITH GCC-exception-2.0', 'GPL-2.0-only WITH GCC-exception-2.0'],
    [deny('GPL-2.0-only WITH GCC-exception-2.0'), 'GPL-2.0-only', null],
    // denying
    [deny('GPL-3.0-only'), 'MIT', null],
    [deny('GPL-3.0-only'), 'GPL-3.0-or-later', 'GPL-3.0-or-later'],
    [deny('GPL-3.0-only'), 'GPL-2.0-or-later', 'GPL-2.0-or-later'],
    [deny('GPL-3.0-only'), 'GPL-2.0-only', null],
    [deny('GPL-2.0-or-later'), 'GPL-3.0-only', 'GPL-3.0-only'],
    [deny('GPL-3.0-only'), 'GPL-3.0-only OR MIT', null],
    [deny('GPL-3.0-only'), 'GPL-3.0-only AND MIT', 'GPL-3.0-only'],
    [{ allow: ['MIT', 'ISC'], deny: ['ISC'] }, 'ISC', 'ISC'],
    [{ allow: ['MIT', 'ISC'], deny: ['ISC'] }, 'ISC OR MIT', null],
    // what is not known
    [allow('MIT'), 'NOASSERTION', 'NOASSERTION'],
    [allow('MIT'), 'NONE', 'NONE'],
    [allow('MIT'), 'The MIT License', '"The MIT License" (no SPDX expression)'],
    [allow('MIT', 'NOASSERTION'), 'The MIT License', null],
    [allow('MIT', 'NOASSERTION'), 'NONE', 'NONE'],
    [allow('MIT'), 'Nothing-1.0', 'Nothing-1.0'],
    [deny('MIT'), 'NOASSERTION', null],
    [deny('NOASSERTION'), 'NOASSERTION', 'NOASSERTION'],
    [deny('NOASSERTION'), '', '"" (no SPDX expression)'],
    [allow(), 'anything at all', null],
  ])('%j holds %j: %j', (policy, licence, denied) => {
    expect(deniedBy(policy, licence)).toBe(denied);
  });

  test('the first component at fault is named', () => {
    const uses = [
      { licence: 'MIT', component: 'a' },
      { licence: 'GPL-3.0-only', component: 'b' },
      { licence: 'ISC', component: 'c' },
    ];
    expect(() => {
      assertLicences(allow('MIT'), uses);
    }).toThrow(new AlgogateError('LICENCE_DENIED', 'the licence policy does not allow GPL-3.0-only, of b'));
  });

  const licence = fc.constantFrom(
    'MIT',
    'ISC',
    'GPL-2.0-only',
    'GPL-2.0-or-later',
    'GPL-3.0-only',
    'Apache-2.0',
  );
  const list = fc.uniqueArray(licence, { maxLength: 4 });

  test('an AND passes where both do, an OR where one does, and to deny more lets less through', () => {
    fc.assert(
      fc.property(list, list, licence, licence, licence, (allowed, denied, a, b, more) => {
        const policy = { allow: allowed, deny: denied };
        const passes = (text: string, by = policy): boolean => deniedBy(by, text) === null;
        expect(passes(`${a} AND ${b}`)).toBe(passes(a) && passes(b));
        expect(passes(`${a} OR ${b}`)).toBe(passes(a) || passes(b));
        const stricter = { allow: allowed, deny: [...denied, more] };
        if (passes(`${a} AND ${b}`, stricter)) expect(passes(`${a} AND ${b}`)).toBe(true);
        expect(passes(more, stricter)).toBe(false);
        // where there is a list, what is not known is never let through
        if (allowed.length > 0) expect(passes('what is this')).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test.each<[LicencePolicy, string]>([
    [allow('MIT OR ISC'), '"MIT OR ISC" is not one SPDX licence'],
    [deny('GPL 3'), '"GPL 3" is not one SPDX licence'],
    [deny(''), '"" is not one SPDX licence'],
    [deny('x'.repeat(101)), 'is not one SPDX licence'],
    [allow(...Array.from({ length: 201 }, (_, at) => `x-${at}`)), 'a list has at most 200 licences'],
  ])('%j is no policy', (policy, message) => {
    expect(() => validLicencePolicy(policy)).toThrow(message);
  });

  test('lists are kept as they are, each entry once', () => {
    const policy = validLicencePolicy({ allow: ['MIT', 'MIT', 'NOASSERTION'], deny: [] });
    expect(policy).toEqual({ allow: ['MIT', 'NOASSERTION'], deny: [] });
    expect([isAnyLicence(policy), isAnyLicence({ allow: [], deny: [] })]).toEqual([false, true]);
  });
});
