import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

import fc from 'fast-check';

import { readKeySet, RECEIPT_TYPE, ReceiptError, type Statement, verifyReceipt } from '../../src/receipts';

/** What `algogate receipt verify` stands on: each way in which a receipt can be wrong is told by its name. */

const STATEMENT: Statement = {
  iss: 'https://market.test',
  kind: 'call',
  reference: 'acme/detect/1',
  canonical: 'Acme/Detect/1.0.1',
  selector: 'PARTIAL',
  version: '1.0.1',
  sha: 'a'.repeat(40),
  artifact: 'b'.repeat(64),
  artifacts: [{ name: 'weights', revision: '1', sha256: 'c'.repeat(64) }],
  position: 'Acme@12+3',
  heads: { public: 'd'.repeat(64), private: 'e'.repeat(64) },
  time: '2026-11-29T12:00:00.000Z',
  requestId: 'a-request',
};
const TIME = Date.parse(STATEMENT.time);
const SECOND = 1000;

const pair = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const HEADER = { alg: 'EdDSA', typ: RECEIPT_TYPE, kid: 'one' };

const encoded = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A JWS of anything at all. */
function signed(payload: unknown, header: unknown = HEADER, key: KeyObject = pair.privateKey): string {
  const text = `${encoded(header)}.${encoded(payload)}`;
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
}

/** @param times of the key, in milliseconds */
function keysOf({ createdAt, retiredAt }: { createdAt?: number; retiredAt?: number } = {}) {
  const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'EdDSA', use: 'sig' };
  const times = {
    ...(createdAt !== undefined && { iat: createdAt / SECOND }),
    ...(retiredAt !== undefined && { exp: retiredAt / SECOND }),
  };
  const rsa = { kty: 'RSA', kid: 'another kind', n: 'AQAB', e: 'AQAB' };
  return readKeySet(JSON.stringify({ keys: [rsa, { ...jwk, ...times }, null, 7] }));
}

/** What is wrong with it; null: nothing. */
function wrong(receipt: string, keys = keysOf()): string | null {
  try {
    verifyReceipt(receipt, keys);
    return null;
  } catch (error) {
    if (error instanceof ReceiptError) return error.message;
    throw error;
  }
}

const RECEIPT = signed(STATEMENT);
const [HEAD = '', BODY = '', SIGNATURE = ''] = RECEIPT.split('.');

test('a receipt gives its statement, with white space around it, and with what a later version may add', () => {
  expect(verifyReceipt(`\n ${RECEIPT}\n`, keysOf())).toEqual(STATEMENT);
  expect(verifyReceipt(signed({ ...STATEMENT, more: 1 }), keysOf())).toEqual(STATEMENT);
});

test('a resolution without private state, of a version taken down since', () => {
  const {
    requestId: _id,
    artifact: _digest,
    artifacts: _artifacts,
    ...rest
  } = STATEMENT as Statement & {
    requestId?: string;
  };
  const statement = { ...rest, kind: 'resolution', position: 'Acme@12', heads: { public: null } };
  expect(verifyReceipt(signed(statement), keysOf())).toEqual(statement);
});

test.each([
  ['nothing', '', /^it is malformed/],
  ['one part', 'abc', /^it is malformed/],
  ['four parts', `${RECEIPT}.x`, /^it is malformed/],
  ['another alphabet', `${HEAD}.${BODY}.+/`, /^it is malformed/],
  ['padding', `${HEAD}.${BODY}=.${SIGNATURE}`, /^it is malformed/],
  [
    'other bits after the last byte',
    `${HEAD}.${BODY}.${SIGNATURE.slice(0, -1)}B`,
    /not canonical$|signature/,
  ],
  [
    'a header that is no JSON',
    `${encoded('{')}.${BODY}.${SIGNATURE}`,
    /^it is malformed: its header is no JSON$/,
  ],
  ['a header that is a list', signed(STATEMENT, []), /^it is malformed: its header is no object$/],
  ['too much of it', 'a'.repeat(100_001), /^it is malformed: too long/],
  ['no signature, by its own word', `${encoded({ ...HEADER, alg: 'none' })}.${BODY}.`, /^it is not signed/],
  [
    'another algorithm',
    signed(STATEMENT, { ...HEADER, alg: 'HS256' }),
    /^its alg is "HS256", and not EdDSA$/,
  ],
  ['no algorithm', signed(STATEMENT, { typ: RECEIPT_TYPE, kid: 'one' }), /^its alg is missing/],
  ['a token of ours', signed(STATEMENT, { ...HEADER, typ: 'JWT' }), /^it is no receipt: its typ is "JWT"$/],
  ['no type', signed(STATEMENT, { alg: 'EdDSA', kid: 'one' }), /^it is no receipt: its typ is missing$/],
  ['no key', signed(STATEMENT, { alg: 'EdDSA', typ: RECEIPT_TYPE }), /^it does not name the key/],
  [
    'a key that nobody knows',
    signed(STATEMENT, { ...HEADER, kid: 'two' }),
    /the key "two", which is not known$/,
  ],
  [
    'a demand',
    signed(STATEMENT, { ...HEADER, crit: ['b64'], b64: false }),
    /^it demands what is not known here/,
  ],
  ['a signature by another', signed(STATEMENT, HEADER, other.privateKey), /^its signature is not that of/],
  [
    'the key that it brings along',
    signed(STATEMENT, { ...HEADER, jwk: other.publicKey.export({ format: 'jwk' }) }, other.privateKey),
    /^its signature is not that of/,
  ],
  ['no signature', `${HEAD}.${BODY}.`, /^its signature is not that of/],
  [
    'another statement',
    `${HEAD}.${encoded({ ...STATEMENT, version: '9.9.9' })}.${SIGNATURE}`,
    /^its signature/,
  ],
  ['no JSON', signed('not JSON'), /not a receipt of a known form: it is no JSON$/],
  ['another kind', signed({ ...STATEMENT, kind: 'wish' }), /known form: kind: /],
  ['a call without a request', signed({ ...STATEMENT, requestId: undefined }), /known form: requestId: /],
  ['no commit', signed({ ...STATEMENT, sha: 'abc' }), /sha: is not 40 hex digits$/],
  [
    'no position',
    signed({ ...STATEMENT, position: 'Acme' }),
    /position: is not a position such as owner@12$/,
  ],
  [
    'other heads than its position',
    signed({ ...STATEMENT, position: 'Acme@12' }),
    /names other chains than heads$/,
  ],
])('%s is told', (_what, receipt, message) => {
  expect(wrong(receipt)).toMatch(message);
});

test('what names a time outside of that of its key, but for a minute', () => {
  const at = (times: { createdAt?: number; retiredAt?: number }): string | null =>
    wrong(RECEIPT, keysOf(times));
  expect(at({ createdAt: TIME, retiredAt: TIME })).toBeNull();
  expect(at({ createdAt: TIME + 60 * SECOND })).toBeNull();
  expect(at({ createdAt: TIME + 61 * SECOND })).toMatch(/before its key was made, 2026-11-29T12:01:01.000Z$/);
  expect(at({ retiredAt: TIME - 60 * SECOND })).toBeNull();
  expect(at({ retiredAt: TIME - 61 * SECOND })).toMatch(
    /after its key was retired, 2026-11-29T11:58:59.000Z$/,
  );
});

test.each(['', '[]', '{}', '{"keys":{}}', 'null', '"keys"'])('%j are no keys', (text) => {
  expect(() => readKeySet(text)).toThrow(ReceiptError);
});

describe('whatever it is given', () => {
  const RUNS = { numRuns: 2000 };

  test('it throws nothing but its own error', () => {
    const part = fc.oneof(
      fc.string(),
      fc.json().map(encoded),
      fc
        .record({ alg: fc.constantFrom('EdDSA', 'none', 7), typ: fc.constantFrom(RECEIPT_TYPE, 'JWT') })
        .map(encoded),
      fc.constantFrom(HEAD, BODY, SIGNATURE),
    );
    const any = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(part, { maxLength: 4 }).map((parts) => parts.join('.')),
    );
    fc.assert(
      fc.property(any, (receipt) => receipt.trim() === RECEIPT || wrong(receipt) !== null),
      RUNS,
    );
  });

  test('of what is signed, whatever it says', () => {
    const members = Object.keys(STATEMENT).map((name) =>
      fc.record({ name: fc.constant(name), value: fc.jsonValue() }),
    );
    fc.assert(
      fc.property(fc.oneof(...members), fc.jsonValue(), ({ name, value }, whole) => {
        wrong(signed({ ...STATEMENT, [name]: value }));
        return wrong(signed(whole)) !== null;
      }),
      { numRuns: 500 },
    );
  });

  test('no receipt of which one character is another holds', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';
    fc.assert(
      fc.property(
        fc.nat(RECEIPT.length - 1),
        fc.constantFrom(...alphabet.split(/(?=.)/)),
        (at, character) => {
          const changed = RECEIPT.slice(0, at) + character + RECEIPT.slice(at + 1);
          return changed === RECEIPT || wrong(changed) !== null;
        },
      ),
      RUNS,
    );
  });

  test('of keys too', () => {
    const key = fc.record(
      {
        ...{
          kid: fc.string(),
          kty: fc.constantFrom('OKP', 'RSA'),
          crv: fc.constantFrom('Ed25519', 'X25519'),
        },
        ...{ x: fc.oneof(fc.string(), fc.base64String()), iat: fc.double(), exp: fc.double() },
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.array(key).map((keys) => JSON.stringify({ keys })),
        ),
        (text) => {
          try {
            readKeySet(text);
          } catch (error) {
            expect(error).toBeInstanceOf(ReceiptError);
          }
        },
      ),
      RUNS,
    );
    const bits = fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((x) => Buffer.from(x).toString('base64url'));
    fc.assert(
      fc.property(bits, fc.double({ min: 0, max: 8.64e12, noNaN: true }), (x, exp) => {
        const jwk = { kty: 'OKP', crv: 'Ed25519', kid: 'one', x, exp };
        return wrong(RECEIPT, readKeySet(JSON.stringify({ keys: [jwk] }))) !== null;
      }),
      RUNS,
    );
  });
});
