import { IssuersFileError, readIssuersFile } from '../../src/oidc';
import { algogate } from '../builders/program';
import { issuersFile } from './support/issuers-file';

const SIGN_IN = { audience: 'algogate' };
const PUBLISHING = { audience: 'publishing' };
const URL = 'https://login.example.com';

test('what is not said is what is safe', async () => {
  const path = issuersFile({ issuers: [{ url: URL, signIn: SIGN_IN, publishing: PUBLISHING }] });
  expect(await readIssuersFile(path)).toEqual([
    {
      url: URL,
      algorithms: ['RS256', 'ES256', 'EdDSA'],
      leewaySeconds: 30,
      signIn: {
        audience: ['algogate'],
        users: 'existing',
        handle: { claim: ['preferred_username'], prefix: '' },
        organizations: null,
        apiKeys: false,
      },
      publishing: {
        audience: ['publishing'],
        claims: { repository: ['repository'], workflow: ['workflow_ref'], environment: ['environment'] },
      },
    },
  ]);
});

const issuer = (said: object) => ({ issuers: [{ url: URL, signIn: SIGN_IN, ...said }] });
const mapped = (map: readonly object[], said: object = {}) =>
  issuer({ signIn: { ...SIGN_IN, organizations: { map }, ...said } });
const ACME = { value: 'acme-devs', organization: 'acme', role: 'ADMIN' };

test.each<readonly [unknown, RegExp]>([
  ['{', /is no YAML/],
  ['', /expected object/],
  [{ issuers: [] }, /issuers: /],
  [issuer({ url: 'login.example.com' }), /^issuers\.0\.url: is no URL of https/],
  [issuer({ url: 'http://login.example.com' }), /is no URL of https/],
  [issuer({ url: 'http://127.0.0.1.example.com' }), /is no URL of https/],
  [issuer({ url: 'file:///etc/passwd' }), /is no URL of https/],
  [issuer({ url: 'https://user:secret@login.example.com' }), /carries a credential/],
  [issuer({ url: 'https://login.example.com?a=b' }), /has a query or a fragment/],
  [issuer({ algorithms: ['none'] }), /^issuers\.0\.algorithms\.0: is none of RS256/],
  [issuer({ algorithms: ['HS256'] }), /is none of RS256/],
  [issuer({ algorithms: [] }), /algorithms/],
  [issuer({ leewaySeconds: 301 }), /leewaySeconds/],
  [issuer({ leewaySeconds: -1 }), /leewaySeconds/],
  [issuer({ signIn: undefined }), /neither signIn nor publishing/],
  [issuer({ signIn: {} }), /signIn\.audience/],
  [issuer({ signIn: { audience: [] } }), /signIn\.audience/],
  [
    issuer({ publishing: { audience: ['x', 'algogate'] } }),
    /the audience "algogate" is that of signIn and of publishing/,
  ],
  [issuer({ signIn: { ...SIGN_IN, users: 'link' } }), /signIn\.users/],
  [issuer({ signIn: { ...SIGN_IN, handle: { prefix: '1' } } }), /is not how a handle can begin/],
  [issuer({ signIn: { ...SIGN_IN, email: true } }), /[Uu]nrecognized key: "email"/],
  [mapped([]), /organizations\.map/],
  [mapped([{ ...ACME, role: 'OWNER' }]), /organizations\.map\.0\.role/],
  [mapped([{ ...ACME, organization: 'a/b' }]), /organization: column 2: expected/],
  [
    mapped(Array.from({ length: 101 }, (_, n) => ({ ...ACME, organization: `org${n}` }))),
    /organizations\.map: names more than 100 organisations/,
  ],
  [mapped([ACME], { apiKeys: true }), /apiKeys: a key would not be narrowed/],
  [
    {
      issuers: [
        { url: URL, signIn: SIGN_IN },
        { url: URL, signIn: SIGN_IN },
      ],
    },
    /https:\/\/login\.example\.com is there twice/,
  ],
])('%j is refused', async (content, problem) => {
  const error: unknown = await readIssuersFile(issuersFile(content)).catch((fault: unknown) => fault);
  expect(error).toBeInstanceOf(IssuersFileError);
  expect((error as IssuersFileError).problems.join('\n')).toMatch(problem);
});

test('the program says what is wrong with it, and ends with 2', async () => {
  const wrong = { 'issuers.yaml': 'issuers: [{ url: "http://login.example.com", algorithms: [none] }]' };
  const env = { ALGOGATE_ISSUERS: './issuers.yaml', ALGOGATE_PORT: '0', ALGOGATE_LOG_LEVEL: 'silent' };
  const { code, stderr } = await algogate(['serve'], env, wrong);
  expect({ code, lines: stderr.trim().split('\n') }).toEqual({
    code: 2,
    lines: [
      expect.stringMatching(/^ALGOGATE_ISSUERS: issuers\.0\.url: is no URL of https/),
      expect.stringMatching(/^ALGOGATE_ISSUERS: issuers\.0\.algorithms\.0: is none of/),
    ],
  });
  const missing = await algogate(['serve'], env);
  expect(missing).toMatchObject({ code: 2, stderr: 'ALGOGATE_ISSUERS: cannot be read: ENOENT\n' });
});
