// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
// A small OpenID Connect provider for tests, on loopback only, set up as ProConnect is: npm's certified oidc-provider
// (which ProConnect itself runs on) below /api/v2, one confidential client, a signed userinfo answer (RS256), short codes,
// state and nonce of 32 characters at least, no parameter that ProConnect does not know.
//
//   node proconnect_provider.mjs '{"client": {"id", "secret", "redirect", "afterLogout"}, "people": {"name": {claims}}}'
//
// It prints its issuer once it answers. POST /fault {"kind": …} spoils the next answer, signed by whom the test says.
import crypto from "node:crypto";
import http from "node:http";
import * as jose from "jose";
import Provider from "oidc-provider";

const { client, people } = JSON.parse(process.argv[2]);
const PREFIX = "/api/v2";
const SCOPES = ["given_name", "usual_name", "email", "siret", "uid", "idp_id", "idp_acr"];
// Its partners' documentation: "Y000400 : Bad Request Exception" for anything else.
const KNOWN = new Set(
  ["response_type", "client_id", "redirect_uri", "scope", "claims", "state", "nonce", "prompt", "idp_hint", "login_hint", "acr_values"],
);

const pair = async () => crypto.generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const ours = await pair();
const stranger = await pair();
const key = { ...ours.export({ format: "jwk" }), kid: "ours", alg: "RS256", use: "sig" };

const server = http.createServer();
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const home = `http://127.0.0.1:${server.address().port}`;
const issuer = home + PREFIX;

let fault = null;
async function spoiled(token, kind) {
  const claims = jose.decodeJwt(token);
  const header = jose.decodeProtectedHeader(token);
  const signed = (changes, by = ours) =>
    new jose.SignJWT({ ...claims, ...changes }).setProtectedHeader(header).sign(by);
  const now = Math.floor(Date.now() / 1000);
  const wrong = {
    nonce: () => signed({ nonce: "x".repeat(43) }),
    "no-nonce": () => signed({ nonce: undefined }),
    expired: () => signed({ iat: now - 7200, exp: now - 3600 }),
    audience: () => signed({ aud: "somebody-else" }),
    "audience-only": () => signed({ aud: "somebody-else", azp: client.id }),
    issuer: () => signed({ iss: "https://example.org" }),
    subject: () => signed({ sub: "somebody-else" }),
    key: () => signed({}, stranger),
    unverified: () => signed({ email_verified: false }),
    "no-email": () => signed({ email: undefined }),
    "strange-email": () => signed({ email: "a\u0000b@example.org" }),
    "strange-siret": () => signed({ siret: "٣".repeat(14) }),
    "strange-names": () => signed({ given_name: "A\u0000da\n".repeat(100), usual_name: ["x"] }),
    none: () => {
      const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
      return `${part({ alg: "none", typ: "JWT" })}.${part(claims)}.`;
    },
    hs256: async () =>
      // The public key as a shared secret: the old confusion.
      new jose.SignJWT(claims)
        .setProtectedHeader({ alg: "HS256", kid: header.kid })
        .sign(Buffer.from(crypto.createPublicKey(ours).export({ type: "spki", format: "pem" }))),
    garbage: () => "not.a.token",
  }[kind];
  return wrong ? await wrong() : token;
}

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: client.id,
      client_secret: client.secret,
      redirect_uris: [client.redirect],
      post_logout_redirect_uris: [client.afterLogout],
      token_endpoint_auth_method: "client_secret_post",
      id_token_signed_response_alg: "RS256",
      userinfo_signed_response_alg: "RS256",
    },
  ],
  jwks: { keys: [key] },
  scopes: ["openid", ...SCOPES],
  claims: { openid: ["sub"], acr: null, amr: null, ...Object.fromEntries(SCOPES.map((name) => [name, [name]])) },
  acrValues: ["eidas0", "eidas1", "eidas2", "eidas3"],
  clientAuthMethods: ["client_secret_post"],
  cookies: { keys: [crypto.randomBytes(16).toString("hex")] },
  ttl: { AccessToken: 60, AuthorizationCode: 30, Grant: 600, IdToken: 60, Interaction: 600, Session: 43200 },
  pkce: { required: () => false },
  features: {
    devInteractions: { enabled: false },
    jwtUserinfo: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => {
        // ProConnect asks nothing, and goes on; this one waits for a click.
        const button = '<button form="op.logoutForm" name="logout" value="yes">Oui</button>';
        ctx.body = `<!doctype html><title>Sortie</title>${form}${button}`;
      },
    },
  },
  routes: { authorization: "/authorize", userinfo: "/userinfo" },
  interactions: { url: (ctx, interaction) => `${PREFIX}/mire/${interaction.uid}` },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id].claims }) }),
  loadExistingGrant: async (ctx) => {
    const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope(["openid", ...SCOPES].join(" "));
    await grant.save();
    return grant;
  },
});
provider.use(async (ctx, next) => {
  if (ctx.path === "/authorize") {
    const strange = Object.keys(ctx.query).filter((name) => !KNOWN.has(name));
    const short = ["state", "nonce"].filter((name) => (ctx.query[name] ?? "").length < 32);
    if (strange.length || short.length) {
      ctx.throw(400, `Y000400 ${strange} ${short}`);
    }
  }
  await next();
  const [route, kind] = fault ?? [];
  if (route && route === ctx.oidc?.route && ctx.status === 200) {
    fault = null;
    if (kind === "down") {
      ctx.status = 503;
      ctx.body = "";
    } else if (kind === "json") {
      ctx.body = jose.decodeJwt(ctx.body);
    } else if (route === "token") {
      ctx.body = { ...ctx.body, id_token: await spoiled(ctx.body.id_token, kind) };
    } else {
      ctx.body = await spoiled(ctx.body, kind);
      ctx.type = "application/jwt";
    }
  }
});

const answer = provider.callback();
const read = async (request) => Buffer.concat(await Array.fromAsync(request)).toString();
server.on("request", async (request, response) => {
  try {
    if (request.url === "/fault") {
      const { route, kind } = JSON.parse(await read(request));
      fault = [route, kind];
      return response.end();
    }
    if (request.url.startsWith(`${PREFIX}/mire/`)) {
      if (request.method === "POST") {
        const name = new URLSearchParams(await read(request)).get("person");
        const login = { accountId: name, acr: people[name].acr ?? "eidas1" };
        const result = name === "nobody" ? { error: "access_denied" } : { login };
        return await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
      }
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      const buttons = Object.keys(people).map((name) => `<button name="person" value="${name}">${name}</button>`);
      return response.end(`<!doctype html><title>Mire</title><form method="post">${buttons.join("")}</form>`);
    }
    request.originalUrl = request.url;
    request.url = request.url.slice(PREFIX.length) || "/";
    return answer(request, response);
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error.stack));
  }
});
process.stdout.write(`${issuer}\n`);
