import { generateKeyPairSync } from 'node:crypto';

import fc from 'fast-check';

import { AlgogateError } from '../../src/domain/errors';
import { parseEnvelope, parsePublicKey, parseStatement, signersOf } from '../../src/trust';
import { canonicalBase64 } from '../../src/trust/base64';
import { preAuthEncoding } from '../../src/trust/dsse';
import { ed25519, envelope, NAME, p256, pae, PAYLOAD_TYPE, type Signer, statement } from './support';

const PAYLOAD = statement({ digest: { gitCommit: 'a'.repeat(40) } });
const BASE64 = Buffer.from(PAYLOAD).toString('base64');

async function verifiedBy(text: string, signers: readonly Signer[]): Promise<number[]> {
  const keys = signers.map(({ key }) => key);
  const found = await signersOf(parseEnvelope(text, NAME), keys);
  return found.map((key) => keys.indexOf(key));
}

describe('the pre-authentication encoding', () => {
  test('is that of the specification', () => {
    // DSSE v1, protocol.md, "Test vectors"
    const encoded = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
    expect(encoded.toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
    expect(preAuthEncoding('é', Buffer.from('é'))).toEqual(pae('é', 'é'));
  });

  test('no two payloads have the same', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (type, payload, type2, payload2) => {
        const same = preAuthEncoding(type, Buffer.from(payload)).equals(
          preAuthEncoding(type2, Buffer.from(payload2)),
        );
        expect(same).toBe(type === type2 && Buffer.from(payload).equals(Buffer.from(payload2)));
      }),
    );
  });
});

describe('signatures of envelopes', () => {
  const [ed, ec, other] = [ed25519(), p256(), p256()];

  test('are verified with Ed25519 and ECDSA P-256', async () => {
    expect(await verifiedBy(envelope(PAYLOAD, [ed]), [other, ed, ec])).toEqual([1]);
    expect(await verifiedBy(envelope(PAYLOAD, [ec]), [other, ed, ec])).toEqual([2]);
  });

  test('one good one suffices, and all good ones count', async () => {
    expect(await verifiedBy(envelope(PAYLOAD, [other, ed]), [ed, ec])).toEqual([0]);
    expect(await verifiedBy(envelope(PAYLOAD, [ec, ed, ed]), [ed, ec])).toEqual([0, 1]);
    expect(await verifiedBy(envelope(PAYLOAD, [other]), [ed, ec])).toEqual([]);
    expect(await verifiedBy(envelope(PAYLOAD, [ed]), [])).toEqual([]);
  });

  test('the id of a key is a hint: one of ours is tried alone, any other means nothing', async () => {
    const by = (hint: (signer: Signer) => string) => envelope(PAYLOAD, [ed], { hint });
    expect(
      await verifiedBy(
        by(({ key }) => key.keyId),
        [ec, ed],
      ),
    ).toEqual([1]);
    expect(
      await verifiedBy(
        by(() => 'my-key'),
        [ec, ed],
      ),
    ).toEqual([1]);
    expect(
      await verifiedBy(
        by(() => ec.key.keyId),
        [ec, ed],
      ),
    ).toEqual([]);
  });

  test('any other byte, signed or signature, is not verified', async () => {
    const good = JSON.parse(envelope(PAYLOAD, [ed])) as { signatures: { sig: string }[] };
    const signature = Buffer.from(good.signatures[0]!.sig, 'base64');
    await fc.assert(
      fc.asyncProperty(fc.nat(signature.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const bad = Buffer.from(signature);
        bad[at] = bad[at]! ^ flip;
        const text = JSON.stringify({ ...good, signatures: [{ sig: bad.toString('base64') }] });
        expect(await verifiedBy(text, [ed])).toEqual([]);
      }),
      { numRuns: 50 },
    );
    const payload = Buffer.from(`${PAYLOAD} `).toString('base64');
    expect(await verifiedBy(JSON.stringify({ ...good, payload }), [ed])).toEqual([]);
  });

  test('of the payload without its encoding is none', async () => {
    const signatures = [{ sig: ed.sign(Buffer.from(PAYLOAD)).toString('base64') }];
    const text = JSON.stringify({ payload: BASE64, payloadType: PAYLOAD_TYPE, signatures });
    expect(await verifiedBy(text, [ed])).toEqual([]);
  });

  test('any bytes are a signature or none, and never an error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const signatures = [{ sig: Buffer.from(bytes).toString('base64') }];
        const text = JSON.stringify({ payload: BASE64, payloadType: PAYLOAD_TYPE, signatures });
        expect(await verifiedBy(text, [ed, ec])).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('envelopes', () => {
  const good = { payload: BASE64, payloadType: PAYLOAD_TYPE, signatures: [{ sig: 'AAAA' }] };

  test.each<[string, object]>([
    ['another type of payload', { ...good, payloadType: 'application/json' }],
    ['no type of payload', { payload: BASE64, signatures: good.signatures }],
    ['no payload', { ...good, payload: undefined }],
    ['no signatures', { ...good, signatures: [] }],
    ['eleven signatures', { ...good, signatures: Array.from({ length: 11 }, () => ({ sig: 'AAAA' })) }],
    ['a signature that is none', { ...good, signatures: ['AAAA'] }],
    ['a key id that is a number', { ...good, signatures: [{ sig: 'AAAA', keyid: 1 }] }],
    ['a list', []],
  ])('with %s are refused', (_what, value) => {
    expect(() => parseEnvelope(JSON.stringify(value), NAME)).toThrow('is no DSSE envelope');
  });

  test.each(['AA', 'AA=', 'AAA', 'AB==', 'AA==\n', ' AA==', '+_==', 'A A==', 'AA===', '%%%%'])(
    'with base64 as %j are refused',
    (sig) => {
      expect(() => parseEnvelope(JSON.stringify({ ...good, signatures: [{ sig }] }), NAME)).toThrow(
        'the document has a sig that is not in canonical base64',
      );
      expect(() => parseEnvelope(JSON.stringify({ ...good, payload: sig }), NAME)).toThrow(
        'has a payload that',
      );
    },
  );

  test('base64 is read in both alphabets, in one way each', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const standard = Buffer.from(bytes).toString('base64');
        const urlSafe = standard.replaceAll('+', '-').replaceAll('/', '_');
        expect(canonicalBase64(standard)).toEqual(Buffer.from(bytes));
        expect(canonicalBase64(urlSafe)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test('any document gives an envelope or its own error', () => {
    const part = fc.oneof(fc.json(), fc.constant(JSON.stringify(good)), fc.string());
    fc.assert(
      fc.property(part, fc.nat(), fc.string({ maxLength: 3 }), (text, at, noise) => {
        const cut = at % (text.length + 1);
        const mutated = `${text.slice(0, cut)}${noise}${text.slice(cut + noise.length)}`;
        expectOwnError(() => parseEnvelope(mutated, NAME));
        expectOwnError(() => parseStatement(Buffer.from(mutated), NAME));
        expectOwnError(() => parsePublicKey(mutated));
      }),
      { numRuns: 500 },
    );
  });
});

describe('statements', () => {
  test.each(['v1', 'v0.1'] as const)('%s is read', (version) => {
    const read = parseStatement(Buffer.from(statement({ digest: { sha256: 'ab' }, version })), NAME);
    expect(read).toEqual({
      predicateType: 'https://slsa.dev/provenance/v1',
      subjects: [new Map([['sha256', 'ab']])],
    });
  });

  const good = JSON.parse(PAYLOAD) as Record<string, unknown>;

  test.each<[string, object]>([
    ['another type', { ...good, _type: 'https://in-toto.io/Statement/v2' }],
    ['no subjects', { ...good, subject: [] }],
    ['a subject without digest', { ...good, subject: [{ name: 'x' }] }],
    ['a digest that is a number', { ...good, subject: [{ digest: { sha256: 1 } }] }],
    ['1001 subjects', { ...good, subject: Array.from({ length: 1001 }, () => ({ digest: {} })) }],
    ['no predicate type', { ...good, predicateType: undefined }],
    ['a predicate type that is no URI', { ...good, predicateType: 'provenance' }],
    ['a predicate type of two lines', { ...good, predicateType: 'a:b\nc' }],
  ])('with %s are refused', (_what, value) => {
    expect(() => parseStatement(Buffer.from(JSON.stringify(value)), NAME)).toThrow(
      'is about no in-toto statement',
    );
  });

  test('that are no UTF-8 are refused', () => {
    expect(() => parseStatement(Buffer.from([0x7b, 0xff, 0x7d]), NAME)).toThrow(
      'has a payload that is no UTF-8',
    );
  });
});

describe('public keys', () => {
  test('are known by the digest of their DER, however their PEM is written', () => {
    const { publicPem, key } = p256();
    expect(key).toMatchObject({ algorithm: 'ECDSA_P256', keyId: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(parsePublicKey(`\n${publicPem.replaceAll('\n', '\r\n')}\n`)).toEqual(key);
    expect(ed25519().key.algorithm).toBe('ED25519');
  });

  test('a private key is refused, and its owner told what that means', () => {
    expect(() => parsePublicKey(ed25519().privatePem)).toThrow('this is a private key, which is lost now');
  });

  test.each<[string, string]>([
    ['RSA', 'rsa'],
    ['P-384', 'secp384r1'],
    ['X25519', 'x25519'],
  ])('%s is refused', (_what, kind) => {
    expect(() => parsePublicKey(pemOf(kind))).toThrow(
      'a key is the PEM of a public key, Ed25519 or ECDSA on P-256',
    );
  });
});

function pemOf(kind: string): string {
  const { publicKey } =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : kind === 'x25519'
        ? generateKeyPairSync('x25519')
        : generateKeyPairSync('ec', { namedCurve: kind });
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

function expectOwnError(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    expect(error).toBeInstanceOf(AlgogateError);
  }
}
