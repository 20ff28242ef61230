import { createHmac } from 'node:crypto';

import fc from 'fast-check';
import { exportSPKI, importJWK } from 'jose';

import { AlgogateError } from '../../src/domain/errors';
import { Issuers, type IssuerSettings, readIssuersFile } from '../../src/oidc';
import { issuersFile } from './support/issuers-file';
import { AUDIENCE, newPair, PUBLISHING_AUDIENCE, TestIssuer } from './support/test-issuer';

const LEEWAY = 30;
const NOT_VALID = { code: 'UNAUTHENTICATED', message: 'the credential is not valid' };
const seconds = (from: number) => Math.floor(Date.now() / 1000) + from;
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

let issuer: TestIssuer;
let issuers: Issuers;
let reasons: string[];

beforeEach(async () => {
  issuer = await TestIssuer.start();
  reasons = [];
  issuers = new Issuers(await settingsOf(issuer), { onRefused: (_issuer, reason) => reasons.push(reason) });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await issuer.leaves();
});

function settingsOf(...all: readonly TestIssuer[]): Promise<readonly IssuerSettings[]> {
  return readIssuersFile(
    issuersFile({
      issuers: all.map(({ url }) => ({
        url,
        leewaySeconds: LEEWAY,
        signIn: { audience: AUDIENCE },
        publishing: { audience: PUBLISHING_AUDIENCE },
      })),
    }),
  );
}

/** The subject of a token that is good; or why it is not, as its bearer hears of it. */
async function outcome(token: string, use: 'signIn' | 'publishing' = 'signIn'): Promise<unknown> {
  try {
    return (await issuers.verify(token, use)).subject;
  } catch (error) {
    if (!(error instanceof AlgogateError)) throw error;
    return { code: error.code, message: error.message };
  }
}

test('a token that is made out to us is good, until the end of its leeway', async () => {
  const token = await issuer.token({ exp: seconds(100) });
  const verified = await issuers.verify(token, 'signIn');
  expect(verified).toMatchObject({ issuer: issuer.url, subject: 'subject' });
  expect(verified.expiresAt).toBe((verified.claims.exp! + LEEWAY) * 1000);
  expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/jwks']);
  await outcome(await issuer.token());
  expect(issuer.asked).toHaveLength(2);
});

test.each<readonly [string, Readonly<Record<string, unknown>>]>([
  ['another audience', { aud: 'elsewhere' }],
  ['no audience', { aud: undefined }],
  ['an audience that begins as ours does', { aud: `${AUDIENCE}-evil` }],
  ['an audience in another case', { aud: AUDIENCE.toUpperCase() }],
  ['the audience of publishing', { aud: PUBLISHING_AUDIENCE }],
  ['no end', { exp: undefined }],
  ['an end that is no number', { exp: '9999999999' }],
  ['an end before the leeway', { exp: seconds(-LEEWAY - 2) }],
  ['a beginning after the leeway', { nbf: seconds(LEEWAY + 10) }],
  ['having been made after the leeway', { iat: seconds(LEEWAY + 10) }],
  ['no subject', { sub: undefined }],
  ['an empty subject', { sub: '' }],
  ['a subject that is no text', { sub: 7 }],
  ['a subject that is too long', { sub: 'x'.repeat(256) }],
  ['no issuer', { iss: undefined }],
  ['an issuer that is no text', { iss: ['x'] }],
])('a token with %s is not', async (_what, claims) => {
  expect(await outcome(await issuer.token(claims))).toEqual(NOT_VALID);
});

test('within the leeway a clock may be wrong', async () => {
  const late = await issuer.token({ exp: seconds(-LEEWAY + 10) });
  const early = await issuer.token({ nbf: seconds(LEEWAY - 10), iat: seconds(LEEWAY - 10) });
  expect([await outcome(late), await outcome(early)]).toEqual(['subject', 'subject']);
});

test.each([
  ['JWT', 'subject'],
  ['at+jwt', 'subject'],
  ['application/at+JWT', 'subject'],
  [undefined, 'subject'],
  ['logout+jwt', NOT_VALID],
  ['secevent+jwt', NOT_VALID],
  ['dpop+jwt', NOT_VALID],
])('a token of the type %s', async (typ, expected) => {
  expect(await outcome(await issuer.token({}, { header: { typ } }))).toEqual(expected);
});

test('nothing is good without a signature, or by a secret that everybody knows', async () => {
  const good = await issuer.token();
  const [, payload = '', signature = ''] = good.split('.');
  const { kid } = issuer.publicJwk;
  const spki = await exportSPKI(
    (await importJWK(issuer.publicJwk, 'ES256')) as Parameters<typeof exportSPKI>[0],
  );
  const forged: string[] = [];
  for (const alg of ['none', 'None', 'NONE', '']) {
    for (const end of ['', signature]) forged.push(`${encoded({ alg, kid, typ: 'JWT' })}.${payload}.${end}`);
  }
  for (const secret of [spki, spki.trim(), JSON.stringify(issuer.publicJwk), issuer.publicJwk.x ?? '', '']) {
    const signed = `${encoded({ alg: 'HS256', kid, typ: 'JWT' })}.${payload}`;
    forged.push(`${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`);
  }
  forged.push(`${encoded({ alg: 'HS256', typ: 'JWT' })}.${payload}.${signature}`);
  for (const token of forged) expect([token, await outcome(token)]).toEqual([token, NOT_VALID]);
  expect(await outcome(good)).toBe('subject');
});

test('an algorithm that is not on the list is refused, though the issuer signs by it', async () => {
  const settings = (await settingsOf(issuer)).map((each) => ({ ...each, algorithms: ['RS256'] }));
  issuers = new Issuers(settings);
  expect(await outcome(await issuer.token())).toEqual(NOT_VALID);
});

test('a key that the token brings along, or says where to find, is none', async () => {
  const own = await newPair();
  const evil = await TestIssuer.start();
  const headers = [
    { jwk: own.publicJwk },
    { jwk: own.publicJwk, kid: issuer.publicJwk.kid },
    { jku: `${evil.url}/jwks` },
    { jku: `${evil.url}/jwks`, kid: own.kid },
    { x5u: `${evil.url}/x5u`, x5c: ['AAAA'] },
    { kid: `${evil.url}/jwks` },
    { kid: '../../../../dev/null' },
    { kid: '__proto__' },
    { kid: 7 },
    { kid: undefined },
  ];
  for (const header of headers) {
    const token = await issuer.token({}, { pair: own, header });
    expect([header, await outcome(token)]).toEqual([header, NOT_VALID]);
  }
  expect(evil.asked).toEqual([]);
  await evil.leaves();
});

test('an issuer that nobody named is refused, and not asked', async () => {
  const evil = await TestIssuer.start();
  const claims = [
    evil.url,
    `${issuer.url}/`,
    issuer.url.toUpperCase(),
    `${issuer.url}@${evil.url.slice(7)}`,
    '__proto__',
  ];
  for (const iss of claims) expect([iss, await outcome(await evil.token({ iss }))]).toEqual([iss, NOT_VALID]);
  // signed by the wrong one in the name of the right one
  expect(await outcome(await evil.token({ iss: issuer.url }))).toEqual(NOT_VALID);
  expect(evil.asked).toEqual([]);
  await evil.leaves();
});

test('what is for publishing signs nobody in, and the reverse', async () => {
  const publishing = await issuer.token({ aud: PUBLISHING_AUDIENCE });
  expect([await outcome(publishing), await outcome(publishing, 'publishing')]).toEqual([
    NOT_VALID,
    'subject',
  ]);
  expect(await outcome(await issuer.token(), 'publishing')).toEqual(NOT_VALID);
});

describe('the keys of an issuer', () => {
  /** Lets `ms` milliseconds pass for whoever waits between looks at an issuer. */
  function later(ms: number): void {
    const before = performance.now();
    jest.spyOn(performance, 'now').mockReturnValue(before + ms);
  }

  test('are looked for again where a token names another, and not for every such token', async () => {
    await outcome(await issuer.token());
    await issuer.rotate();
    const rotated = await issuer.token();
    later(6_000);
    expect(await outcome(rotated)).toBe('subject');
    expect(issuer.asked).toHaveLength(4);
    const unknown = await newPair();
    for (let n = 0; n < 20; n += 1) {
      expect(await outcome(await issuer.token({}, { pair: unknown }))).toEqual(NOT_VALID);
    }
    expect(issuer.asked).toHaveLength(4);
  });

  test('that were withdrawn are good for ten minutes, and no longer', async () => {
    const token = await issuer.token();
    expect(await outcome(token)).toBe('subject');
    await issuer.rotate();
    later(590_000);
    expect(await outcome(token)).toBe('subject');
    jest.restoreAllMocks();
    later(601_000);
    expect(await outcome(token)).toEqual(NOT_VALID);
  });

  test('go on being used for an hour while it is away; without them it costs its own tokens alone', async () => {
    const other = await TestIssuer.start();
    const faults: string[] = [];
    issuers = new Issuers(await settingsOf(issuer, other), { onFault: (url) => faults.push(url) });
    const [known, token] = [await issuer.token(), await other.token({ sub: 'other' })];
    await outcome(known);
    await issuer.leaves();
    await other.leaves();
    later(1_000_000);
    expect(await outcome(known)).toBe('subject');
    expect(await outcome(token)).toEqual({
      code: 'UNAVAILABLE',
      message: 'the issuer of the token does not answer',
    });
    jest.restoreAllMocks();
    later(3_700_000);
    expect(await outcome(known)).toMatchObject({ code: 'UNAVAILABLE' });
    expect(faults.sort()).toEqual([issuer.url, other.url].sort());
    await issuer.returns();
    await other.returns();
    jest.restoreAllMocks();
    later(3_800_000);
    expect([await outcome(known), await outcome(token)]).toEqual(['subject', 'other']);
    await other.leaves();
  });

  test.each([
    ['a redirect', { status: 302, headers: { Location: 'http://127.0.0.1:1/' } }],
    ['a fault', { status: 500 }],
    ['what is no JSON', { status: 200, body: '<html>' }],
    ['a document without end', { status: 200, body: `"${'x'.repeat(2 ** 21)}"` }],
    ['null', { status: 200, body: 'null' }],
  ])('are not there where it answers with %s', async (_what, answer) => {
    issuer.answer = answer;
    expect(await outcome(await issuer.token())).toMatchObject({ code: 'UNAVAILABLE' });
    expect(issuer.asked).toHaveLength(1);
  });

  test('are not taken from a document of another issuer, nor in clear text from elsewhere', async () => {
    for (const said of [{ issuer: 'https://other.example' }, { jwks_uri: 'http://other.example/jwks' }]) {
      issuer.said = said;
      issuers = new Issuers(await settingsOf(issuer));
      expect(await outcome(await issuer.token())).toMatchObject({ code: 'UNAVAILABLE' });
    }
  });

  test('are looked for once by many tokens at once', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => issuer.token()));
    expect(new Set(await Promise.all(tokens.map((token) => outcome(token))))).toEqual(new Set(['subject']));
    expect(issuer.asked).toHaveLength(2);
  });
});

describe('whatever is no token of an issuer is UNAUTHENTICATED', () => {
  const expectRefused = async (token: string) => expect(await outcome(token)).toEqual(NOT_VALID);

  test('any text', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), expectRefused));
  });

  test('any JSON in place of the header and the claims', async () => {
    const json = fc.oneof(
      fc.jsonValue(),
      fc.record({ alg: fc.oneof(fc.constant('ES256'), fc.jsonValue()), kid: fc.jsonValue() }),
      fc.record({
        iss: fc.constantFrom(issuer.url, 'x'),
        sub: fc.jsonValue(),
        exp: fc.jsonValue(),
        aud: fc.jsonValue(),
      }),
    );
    const part = json.map(encoded);
    await fc.assert(
      fc.asyncProperty(part, part, fc.base64String(), (header, claims, signature) =>
        expectRefused(`${header}.${claims}.${signature.replace(/[+/=]/g, '_')}`),
      ),
    );
  });

  test('a good token of which one character was changed, taken out, or put in', async () => {
    const good = await issuer.token();
    const [header = '', payload = ''] = good.split('.');
    const signed = header.length + 1 + payload.length;
    await fc.assert(
      fc.asyncProperty(fc.nat(signed - 1), fc.constantFrom('', 'A', 'AA', '.', ' ', '='), async (at, put) => {
        const changed = good.slice(0, at) + put + good.slice(at + 1);
        if (changed !== good) await expectRefused(changed);
      }),
    );
  });

  test('more than sixteen kilobytes, good as it may be', async () => {
    expect(await outcome(await issuer.token({ padding: 'x'.repeat(8_000) }))).toBe('subject');
    await expectRefused(await issuer.token({ padding: 'x'.repeat(16_384) }));
    await expectRefused(`${'A'.repeat(10_000_000)}.${'B'.repeat(10)}.${'C'.repeat(10)}`);
  });
});
