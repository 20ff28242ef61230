// A real OpenID provider in a process of its own: `node provider-main.mjs '{"port": 0, "clients": {…}}'`. It prints its URL.
// Each client gets JWT access tokens by its secret, whose subject it is, with the claims that are said of it.
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

const { port, kid, clients } = JSON.parse(process.argv[2]);

const { privateKey } = await generateKeyPair('RS256', { extractable: true });
const url = `http://127.0.0.1:${port}`;
const provider = new Provider(url, {
  jwks: { keys: [{ ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' }] },
  clients: Object.entries(clients).map(([id, { secret }]) => ({
    client_id: id,
    client_secret: secret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  })),
  extraTokenClaims: (_context, token) => clients[token.clientId]?.claims,
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'urn:algogate',
      getResourceServerInfo: (_context, _resource, client) => ({
        scope: '',
        audience: clients[client.clientId]?.audience ?? 'algogate',
        accessTokenTTL: 600,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
});
provider.listen(port, '127.0.0.1', () => process.stdout.write(`${url}\n`));
