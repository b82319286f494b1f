// An OpenID Provider on loopback, of the certified library `oidc-provider`. Its one argument is JSON, as `oidc_provider.py`
// writes it; it prints its issuer when it listens, and ends with its standard input.
import * as crypto from 'node:crypto';
import * as http from 'node:http';

import { Provider } from 'oidc-provider';

const settings = JSON.parse(process.argv[2]);

function signingKey(kid, ...kind) {
  const { privateKey } = crypto.generateKeyPairSync(...kind);
  return { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig' };
}

function resource(indicator) {
  return {
    scope: settings.scopes.join(' '),
    audience: indicator,
    accessTokenTTL: settings.lifetime_seconds,
    accessTokenFormat: indicator === settings.opaque_audience ? 'opaque' : 'jwt',
  };
}

function account(_ctx, sub) {
  const claims = settings.accounts[sub];
  return claims && { accountId: sub, claims: async () => ({ sub, ...claims }) };
}

function configuration() {
  return {
    clients: settings.clients,
    jwks: { keys: [signingKey('rsa', 'rsa', { modulusLength: 2048 }), signingKey('ec', 'ec', { namedCurve: 'P-256' })] },
    cookies: { keys: [crypto.randomBytes(16).toString('hex')] },
    scopes: ['openid', 'offline_access', ...settings.scopes],
    claims: {
      openid: ['sub'],
      profile: ['name', 'given_name', 'family_name', 'preferred_username', 'groups'],
      email: ['email', 'email_verified'],
    },
    conformIdTokenClaims: false,
    findAccount: account,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    extraTokenClaims: async (_ctx, token) => ({ azp: token.clientId, ...settings.accounts[token.accountId] }),
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      registration: { enabled: true, initialAccessToken: settings.registration_token || false },
      registrationManagement: { enabled: true, rotateRegistrationAccessToken: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: async (_ctx, _client, oneOf) => oneOf ?? settings.audience,
        useGrantedResource: async () => true,
        getResourceServerInfo: async (_ctx, indicator) => resource(indicator),
      },
    },
    ttl: { IdToken: 3600, Session: 3600, Interaction: 600, Grant: 3600, RefreshToken: 3600 },
  };
}

const server = http.createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  server.on('request', new Provider(issuer, configuration()).callback());
  process.stdout.write(`${issuer}\n`);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
