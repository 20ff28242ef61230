import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

import fc from 'fast-check';
import { base64url, createLocalJWKSet, type JWTPayload, jwtVerify, SignJWT } from 'jose';

import { SigningKeyRow } from '../../entities';
import { SubgraphTokens } from '../../src/auth';
import { Database } from '../../src/database';
import { SigningKeys } from '../../src/keys';
import { unwrap } from '../../src/keys/wrapping';
import {
  ANONYMOUS,
  OPERATOR,
  type Principal,
  ROLES,
  SCOPE_ACTIONS,
  type Scope,
} from '../../src/domain/principal';
import { sqliteDatabase, type TestDatabase } from '../builders/databases';
import { refusal } from '../builders/services';

/** Chapter 5, "Identity travels": a token of one minute, made out to one subgraph and to no other. */

const MASTER_KEY = Buffer.alloc(32, 7);
const NOW = 1_800_000_000_000;
const SECONDS = NOW / 1000;
const REFUSED = { code: 'UNAUTHENTICATED', message: 'the token is not valid here' };
const SCOPE: Scope = { action: 'call', owner: 'acme', algorithm: 'detect' };
const ADA: Principal = {
  kind: 'user',
  owner: { id: 3, handle: 'Ada' },
  roles: new Map([[7, 'ADMIN']]),
  key: { id: 5, prefix: 'agk_1a2b3c4d', scopes: [SCOPE] },
};

let made: TestDatabase;
let database: Database;
let keys: SigningKeys;
let ownKey: KeyObject;
let tokens: SubgraphTokens;
let kid: string;
let now = NOW;

beforeAll(async () => {
  made = await sqliteDatabase();
  database = await Database.open(made.target);
  await database.migrate();
  keys = await openKeys();
  tokens = new SubgraphTokens(keys, () => now);
  kid = String(keys.jwks.keys[0]?.kid);
  const row = await database.reads.findOneByOrFail(SigningKeyRow, { kid });
  const der = unwrap(MASTER_KEY, row.wrapped ?? '', 'signing key');
  ownKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
});
beforeEach(() => {
  now = NOW;
});
afterAll(async () => {
  await database.close();
  await made.drop();
});

const openKeys = (): Promise<SigningKeys> => SigningKeys.open(database, MASTER_KEY, { now: () => now });

const privateKey = (): KeyObject => ownKey;

/** What a token of ours says, to be signed anew with something else in it. */
const CLAIMS = {
  iss: 'algogate',
  sub: 'operator',
  aud: 'registry',
  jti: 'request',
  iat: SECONDS,
  exp: SECONDS + 60,
  principal: { kind: 'operator' },
  scopes: [],
};
const HEADER = { alg: 'EdDSA', typ: 'JWT' };

/** Signed by our own key, whatever it says. */
const signed = (claims: object, header: object = {}): Promise<string> =>
  new SignJWT(claims as JWTPayload).setProtectedHeader({ ...HEADER, kid, ...header }).sign(privateKey());

const unsigned = (header: object, signature = ''): string =>
  [JSON.stringify(header), JSON.stringify(CLAIMS)].map((part) => base64url.encode(part)).join('.') +
  `.${signature}`;

const without = (claim: keyof typeof CLAIMS): object =>
  Object.fromEntries(Object.entries(CLAIMS).filter(([name]) => name !== claim));

test('a token names the principal, its scopes and the request, and says all that verifiers ask for', async () => {
  const token = await tokens.sign(ADA, 'request', 'registry');
  const { payload, protectedHeader } = await jwtVerify(
    token,
    createLocalJWKSet({ keys: [...keys.jwks.keys] }),
    { currentDate: new Date(NOW), audience: 'registry', issuer: 'algogate' },
  );
  expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'JWT', kid });
  expect(payload).toEqual({
    iss: 'algogate',
    sub: 'user:Ada',
    aud: 'registry',
    jti: 'request',
    iat: SECONDS,
    exp: SECONDS + 60,
    principal: {
      kind: 'user',
      owner: { id: 3, handle: 'Ada' },
      key: { id: 5, prefix: 'agk_1a2b3c4d' },
    },
    scopes: ['call:acme/detect'],
  });
});

test('the public key is published, and nothing of the private one', () => {
  const x = createPublicKey(privateKey()).export({ format: 'jwk' }).x;
  expect(keys.jwks).toEqual({
    keys: [{ kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig', iat: SECONDS }],
  });
});

test('what one replica signs, another with the same keys verifies', async () => {
  const other = new SubgraphTokens(await openKeys(), () => NOW);
  const token = await tokens.sign(ADA, 'request', 'usage');
  const { owner, key } = ADA;
  expect(await other.verify(token, 'usage')).toEqual({
    principal: { kind: 'user', owner, key },
    requestId: 'request',
  });
});

const scope: fc.Arbitrary<Scope> = fc.oneof(
  fc.record({
    action: fc.constantFrom(...SCOPE_ACTIONS),
    owner: fc.stringMatching(/^[a-z][a-z0-9_-]{0,62}$/),
    algorithm: fc.option(fc.stringMatching(/^[a-z][a-z0-9_-]{0,62}$/)),
  }),
  fc.record({
    action: fc.constantFrom(...SCOPE_ACTIONS),
    owner: fc.constant(null),
    algorithm: fc.constant(null),
  }),
);
const owner = fc.record({ id: fc.nat(), handle: fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/) });
const key = fc.record({ id: fc.nat(), prefix: fc.string(), scopes: fc.array(scope, { maxLength: 5 }) });
const signIn = fc.record({
  identityId: fc.nat(),
  identity: fc.string(),
  expiresAt: fc.nat(),
  caps: fc
    .array(fc.tuple(fc.string(), fc.constantFrom(null, ...ROLES)), { maxLength: 5 })
    .map((caps) => new Map(caps)),
  apiKeys: fc.boolean(),
});
const principal: fc.Arbitrary<Principal> = fc.oneof(
  fc.constantFrom<Principal>(ANONYMOUS, OPERATOR),
  fc.record({
    kind: fc.constant('user' as const),
    owner,
    key: fc.option(key),
    roles: fc.constant(new Map([[1, 'ADMIN' as const]])),
  }),
  fc.record({
    kind: fc.constant('user' as const),
    owner,
    key: fc.constant(null),
    roles: fc.constant(new Map([[1, 'ADMIN' as const]])),
    signIn,
  }),
  fc.record({ kind: fc.constant('organization' as const), owner, key }),
);
const audience = fc.constantFrom('registry', 'access', 'usage', 'reviews');

test('what is signed is what is verified, by the subgraph it was made out to alone; roles do not travel', async () => {
  await fc.assert(
    fc.asyncProperty(
      principal,
      audience,
      audience,
      fc.string({ minLength: 1 }),
      async (who, to, at, requestId) => {
        const token = await tokens.sign(who, requestId, to);
        if (to !== at) {
          expect(await refusal(tokens.verify(token, at))).toEqual(REFUSED);
          return;
        }
        const facts = Object.fromEntries(Object.entries(who).filter(([name]) => name !== 'roles'));
        expect(await tokens.verify(token, at)).toEqual({ principal: facts, requestId });
      },
    ),
    { numRuns: 60 },
  );
});

test('no changed character passes', async () => {
  const token = await tokens.sign(ADA, 'request', 'registry');
  // the last character of the signature has bits that say nothing
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: token.length - 2 }),
      fc.constantFrom('A', 'b', '.', '=', ' '),
      async (at, to) => {
        fc.pre(token[at] !== to);
        const changed = token.slice(0, at) + to + token.slice(at + 1);
        expect(await refusal(tokens.verify(changed, 'registry'))).toEqual(REFUSED);
      },
    ),
    { numRuns: 200 },
  );
});

test.each([
  ['as it is signed', 0, true],
  ['at its last moment', 64_999, true],
  ['beyond what clocks may be apart after its end', 65_000, false],
  ['as clocks may be apart before it begins', -5_000, true],
  ['before that', -6_000, false],
  ['a day later', 86_400_000, false],
])('a token %s', async (_when, ms, isGood) => {
  const token = await tokens.sign(OPERATOR, 'request', 'registry');
  now = NOW + ms;
  const verified = tokens.verify(token, 'registry');
  if (isGood) expect(await verified).toEqual({ principal: { kind: 'operator' }, requestId: 'request' });
  else expect(await refusal(verified)).toEqual(REFUSED);
});

test('the forgeries below are refused for what is forged: signed as it is, the same is good', async () => {
  expect(await tokens.verify(await signed(CLAIMS), 'registry')).toEqual({
    principal: { kind: 'operator' },
    requestId: 'request',
  });
});

const hmac = (claims: object, secret: Buffer): Promise<string> =>
  new SignJWT(claims as JWTPayload).setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid }).sign(secret);
const publicBytes = (format: 'der' | 'pem'): Buffer => {
  const key = createPublicKey(privateKey());
  return format === 'der'
    ? key.export({ format, type: 'spki' })
    : Buffer.from(key.export({ format, type: 'spki' }));
};
const otherKey = generateKeyPairSync('ed25519').privateKey;

const FORGERIES: Readonly<Record<string, () => string | Promise<string>>> = {
  'no token': () => '',
  'no JWT': () => 'agk_0123456789',
  'two parts': async () => (await signed(CLAIMS)).split('.').slice(0, 2).join('.'),
  'one that is long': async () => signed({ ...CLAIMS, more: 'x'.repeat(20_000) }),
  'alg none': () => unsigned({ alg: 'none', typ: 'JWT', kid }),
  'alg none, and our signature': async () =>
    unsigned({ alg: 'none', typ: 'JWT', kid }, (await signed(CLAIMS)).split('.')[2]),
  'alg EdDSA, and no signature': () => unsigned({ ...HEADER, kid }),
  'HS256 with the public key as DER': () => hmac(CLAIMS, publicBytes('der')),
  'HS256 with the public key as PEM': () => hmac(CLAIMS, publicBytes('pem')),
  'HS256 with the public key itself': () => hmac(CLAIMS, publicBytes('der').subarray(-32)),
  'HS256 with an empty secret': () => hmac(CLAIMS, Buffer.alloc(32)),
  'the key of another': () => new SignJWT(CLAIMS).setProtectedHeader({ ...HEADER, kid }).sign(otherKey),
  'the key of another, which it brings along': () =>
    new SignJWT(CLAIMS)
      .setProtectedHeader({
        ...HEADER,
        kid,
        jwk: createPublicKey(otherKey).export({ format: 'jwk' }),
      })
      .sign(otherKey),
  'an unknown kid': () => signed(CLAIMS, { kid: 'another' }),
  'no kid': () => signed(CLAIMS, { kid: undefined }),
  'another type': () => signed(CLAIMS, { typ: 'at+jwt' }),
  'a critical extension that we do not know': () => {
    const head = unsigned({ ...HEADER, kid, crit: ['more'], more: 1 }).slice(0, -1);
    return `${head}.${sign(null, Buffer.from(head), privateKey()).toString('base64url')}`;
  },
  'another issuer': () => signed({ ...CLAIMS, iss: 'someone' }),
  'no issuer': () => signed(without('iss')),
  'another audience': () => signed({ ...CLAIMS, aud: 'access' }),
  'an audience that only begins alike': () => signed({ ...CLAIMS, aud: 'registry ' }),
  'more than one audience': () => signed({ ...CLAIMS, aud: ['registry', 'access'] }),
  'no audience': () => signed(without('aud')),
  'no end': () => signed(without('exp')),
  'an end that is over': () => signed({ ...CLAIMS, iat: SECONDS - 60, exp: SECONDS - 6 }),
  'no beginning': () => signed(without('iat')),
  'a beginning to come': () => signed({ ...CLAIMS, iat: SECONDS + 6 }),
  'a day to live, from yesterday': () => signed({ ...CLAIMS, iat: SECONDS - 86_000, exp: SECONDS + 400 }),
  'not before a moment to come': () => signed({ ...CLAIMS, nbf: SECONDS + 6 }),
  'no subject': () => signed(without('sub')),
  'no request': () => signed(without('jti')),
  'an empty request': () => signed({ ...CLAIMS, jti: '' }),
  'no principal': () => signed(without('principal')),
  'no scopes': () => signed(without('scopes')),
  'a principal of no kind of ours': () => signed({ ...CLAIMS, principal: { kind: 'root' } }),
  'an operator with more': () => signed({ ...CLAIMS, principal: { kind: 'operator', owner: 1 } }),
  'an organisation without its key': () =>
    signed({ ...CLAIMS, principal: { kind: 'organization', owner: { id: 1, handle: 'acme' }, key: null } }),
  'a scope that is none': () =>
    signed({
      ...CLAIMS,
      principal: { kind: 'user', owner: { id: 1, handle: 'ada' }, key: { id: 1, prefix: 'agk_' } },
      scopes: ['everything'],
    }),
};

test.each(Object.entries(FORGERIES))('refused, with the same words: %s', async (_title, forge) => {
  expect(await refusal(tokens.verify(await forge(), 'registry'))).toEqual(REFUSED);
});

test('a token of another marketplace, whose database has keys of its own, is refused', async () => {
  const elsewhere = await sqliteDatabase();
  const other = await Database.open(elsewhere.target);
  await other.migrate();
  const theirs = new SubgraphTokens(await SigningKeys.open(other, MASTER_KEY), () => NOW);
  const token = await theirs.sign(OPERATOR, 'request', 'registry');
  expect(await refusal(tokens.verify(token, 'registry'))).toEqual(REFUSED);
  await other.close();
  await elsewhere.drop();
});

test('what a retired key signed is good to its end, and then no more, whatever its times say', async () => {
  const signing = await openKeys();
  const [before, after] = [
    new SubgraphTokens(signing, () => now),
    new SubgraphTokens(await openKeys(), () => now),
  ];
  const token = await before.sign(OPERATOR, 'request', 'registry');
  const { kid: next } = await signing.rotate();
  expect(await tokens.verify(token, 'registry')).toEqual({
    principal: { kind: 'operator' },
    requestId: 'request',
  });
  now = NOW + 71_000;
  const late = { iat: now / 1000, exp: now / 1000 + 60 };
  await after.verify(await before.sign(OPERATOR, 'request', 'registry'), 'registry');
  expect(await refusal(after.verify(await signed({ ...CLAIMS, ...late }), 'registry'))).toEqual(REFUSED);
  expect(await signedBy(before)).toBe(next);
});

async function signedBy(signer: SubgraphTokens): Promise<unknown> {
  const [header = ''] = (await signer.sign(OPERATOR, 'request', 'registry')).split('.', 1);
  return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid?: unknown }).kid;
}
