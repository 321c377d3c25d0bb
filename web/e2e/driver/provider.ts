// An OpenID Connect provider of this machine, as far as the service needs one:
// discovery, keys, a page to sign in at, codes with PKCE, signed tokens, signing
// out, and back-channel logout. Whoever types a name is that person.
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const client = { id: 'lianpian', secret: 'of-the-client' };

interface Grant {
  name: string;
  session: string;
  redirect: string;
  challenge: string;
  nonce: string;
}

export interface Provider {
  issuer: string;
  stop: () => Promise<void>;
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function signed(claims: Record<string, unknown>, type: string): string {
  const text = `${part({ alg: 'RS256', kid: 'key', typ: type })}.${part(claims)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64url')}`;
}

async function form(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const page = (body: string): string =>
  `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>认证平台</title><main>${body}</main></html>`;

export async function startProvider(): Promise<Provider> {
  const grants = new Map<string, Grant>();
  const sessions = new Map<string, string>(); // names by session
  let issuer = '';

  const back = (response: ServerResponse, query: URLSearchParams, answer: Record<string, string>): void => {
    const to = new URL(query.get('redirect_uri') ?? '');
    for (const [key, value] of Object.entries({ ...answer, state: query.get('state') ?? '', iss: issuer }))
      to.searchParams.set(key, value);
    response.writeHead(302, { Location: to.href }).end();
  };
  const grant = (response: ServerResponse, query: URLSearchParams, session: string): void => {
    const code = randomUUID();
    grants.set(code, {
      name: sessions.get(session) ?? '',
      session,
      redirect: query.get('redirect_uri') ?? '',
      challenge: query.get('code_challenge') ?? '',
      nonce: query.get('nonce') ?? '',
    });
    back(response, query, { code });
  };
  const say = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };
  const show = (response: ServerResponse, body: string): void => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page(body));
  };
  const about = (claims: Record<string, unknown>): Record<string, unknown> => {
    const now = Math.floor(Date.now() / 1000);
    return { iss: issuer, aud: client.id, iat: now, exp: now + 120, ...claims };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const at = new URL(request.url ?? '/', issuer);
    const session = /(?:^|; )provider=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    switch (`${request.method} ${at.pathname}`) {
      case 'GET /.well-known/openid-configuration':
        return say(response, 200, {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
          end_session_endpoint: `${issuer}/end`,
          authorization_response_iss_parameter_supported: true,
          id_token_signing_alg_values_supported: ['RS256'],
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
        });
      case 'GET /keys':
        return say(response, 200, {
          keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'key', alg: 'RS256', use: 'sig' }],
        });
      case 'GET /authorize':
        if (sessions.has(session)) return grant(response, at.searchParams, session);
        return show(
          response,
          `<form method="post" action="/authorize?${escaped(at.searchParams.toString())}">
            <label>姓名 <input name="name" data-testid="provider-name"></label>
            <button name="do" value="enter" data-testid="provider-enter">登录</button>
            <button name="do" value="deny" data-testid="provider-deny">取消</button>
          </form>`,
        );
      case 'POST /authorize': {
        const given = await form(request);
        if (given.get('do') === 'deny') return back(response, at.searchParams, { error: 'access_denied' });
        const opened = randomUUID();
        sessions.set(opened, given.get('name') ?? '');
        response.setHeader('Set-Cookie', `provider=${opened}; Path=/; HttpOnly`);
        return grant(response, at.searchParams, opened);
      }
      case 'POST /token': {
        const given = await form(request);
        const basic = Buffer.from(`${client.id}:${client.secret}`).toString('base64');
        if (request.headers.authorization !== `Basic ${basic}`)
          return say(response, 401, { error: 'invalid_client' });
        const code = given.get('code') ?? '';
        const g = grants.get(code);
        grants.delete(code);
        const challenge = createHash('sha256')
          .update(given.get('code_verifier') ?? '')
          .digest('base64url');
        if (!g || g.redirect !== given.get('redirect_uri') || g.challenge !== challenge)
          return say(response, 400, { error: 'invalid_grant' });
        const claims = about({
          sub: `person-${g.name}`,
          sid: g.session,
          nonce: g.nonce,
          preferred_username: g.name,
          name: g.name,
        });
        return say(response, 200, {
          access_token: randomUUID(),
          token_type: 'Bearer',
          expires_in: 120,
          id_token: signed(claims, 'JWT'),
        });
      }
      case 'GET /end':
        sessions.delete(session);
        return show(
          response,
          `<p data-testid="provider-left">已退出认证平台</p>
           <a data-testid="provider-back" href="${escaped(at.searchParams.get('post_logout_redirect_uri') ?? '')}">返回</a>`,
        );
      // Not of a provider: a test has one tell the service that a person signed out.
      case 'POST /tell': {
        const given = await form(request);
        const claims = about({
          sub: `person-${given.get('name')}`,
          jti: randomUUID(),
          events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
        });
        const told = await fetch(given.get('to') ?? '', {
          method: 'POST',
          body: new URLSearchParams({ logout_token: signed(claims, 'logout+jwt') }),
        });
        return say(response, 200, { status: told.status });
      }
      default:
        response.writeHead(204).end();
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
