// Sessions and API tokens, one's own and other people's, and the audit trail as a file.
import type * as n from './nouns';
import { BASE, client, ifMatch, value } from './request';

// ---- one's own
export const ownSessions = async () => (await value(client.GET('/sessions'))).items;
export const endOwnSession = (id: string) =>
  value<unknown>(client.DELETE('/sessions/{id}', { params: { path: { id } } }));
/** Every session but the one that asks. */
export const endOtherSessions = () => value<unknown>(client.DELETE('/sessions'));
export const unbindOwn = () => value<unknown>(client.DELETE('/session/identity'));
export const ownTokens = async () => (await value(client.GET('/session/tokens'))).items;
export const createToken = (body: n.TokenDraft) => value(client.POST('/session/tokens', { body }));
export const revokeOwnToken = (id: string) =>
  value(client.DELETE('/session/tokens/{id}', { params: { path: { id } } }));

// ---- of the people of an administrator
export const sessionsOf = async (id: string) =>
  (await value(client.GET('/accounts/{id}/sessions', { params: { path: { id } } }))).items;
export const endSessionsOf = (id: string) =>
  value<unknown>(client.DELETE('/accounts/{id}/sessions', { params: { path: { id } } }));
export const unbind = (id: string) =>
  value<unknown>(client.DELETE('/accounts/{id}/identity', { params: { path: { id } } }));
export const tokensOf = async (account: string) =>
  (await value(client.GET('/tokens', { params: { query: { account } } }))).items;
export const revokeToken = (id: string) => value(client.DELETE('/tokens/{id}', { params: { path: { id } } }));
export const lockAccount = (id: string, version: number) =>
  value(client.PUT('/accounts/{id}/lock', { params: { path: { id }, header: ifMatch(version) } }));
export const unlockAccount = (id: string, version: number) =>
  value(client.DELETE('/accounts/{id}/lock', { params: { path: { id }, header: ifMatch(version) } }));

/** Address of the audit trail, narrowed as the page is. */
export const auditExport = (format: 'csv' | 'jsonl', asked: Readonly<Record<string, string | undefined>>) => {
  const given = new URLSearchParams({ format });
  for (const [key, text] of Object.entries(asked)) if (text) given.set(key, text);
  return `${BASE}/audit/export?${given}`;
};
