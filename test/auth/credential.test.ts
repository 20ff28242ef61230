import fc from 'fast-check';

import { digest, isKey, keyPrefix } from '../../src/auth/api-key';
import { mintKey } from '../../src/auth';
import { credentialOf } from '../../src/auth/credential';

const TABLE: readonly (readonly [header: string | undefined, credential: string | null])[] = [
  [undefined, null],
  ['', null],
  ['   ', null],
  ['agk_x', 'agk_x'],
  [' agk_x ', 'agk_x'],
  ['Simple agk_x', 'agk_x'],
  ['simple   agk_x', 'agk_x'],
  ['SIMPLE agk_x', 'agk_x'],
  ['Bearer agk_x', 'agk_x'],
  ['bearer agk_x', 'agk_x'],
  ['Basic dXNlcjpwYXNz', 'Basic dXNlcjpwYXNz'],
  ['Simple', 'Simple'],
  ['Simple a b', 'a b'],
];
test.each(TABLE)('the header %j carries %j', (header, credential) => {
  expect(credentialOf(header)).toBe(credential);
});

test('a key is random, and its prefix tells nothing of the rest', () => {
  const keys = Array.from({ length: 200 }, () => mintKey());
  expect(new Set(keys.map(({ secret }) => secret.slice(12))).size).toBe(200);
  expect(new Set(keys.map(({ prefix }) => prefix)).size).toBe(200);
  for (const { secret, prefix, hash } of keys) {
    expect(secret).toMatch(/^agk_[A-Za-z0-9_-]{43}$/);
    expect(Buffer.from(secret.slice(4), 'base64url')).toHaveLength(32);
    expect([prefix, isKey(secret)]).toEqual([keyPrefix(secret), true]);
    expect(prefix).toBe(secret.slice(0, 12));
    expect(hash).toBe(digest(secret).toString('hex'));
  }
});

test('nothing else looks like a key', () => {
  const { secret } = mintKey();
  for (const text of [
    `${secret}x`,
    secret.slice(0, -1),
    secret.toUpperCase(),
    ` ${secret}`,
    `${secret}\n`,
    'agk_',
  ]) {
    expect([text, isKey(text)]).toEqual([text, false]);
  }
  fc.assert(fc.property(fc.string(), (text) => expect(isKey(text)).toBe(false)));
});
