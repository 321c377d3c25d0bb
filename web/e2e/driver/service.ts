// The API as a program uses it: for what a test needs to stand ready, and to
// look from outside at what a person did in the browser.
import { inject } from 'vitest';

export const DISTRICT = '310115';

export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

/** Asks the API with somebody's cookie; a status that is not expected is an error. */
export async function ask<Body>(
  cookie: string,
  method: string,
  path: string,
  options: { body?: unknown; version?: number; status?: number } = {},
): Promise<Answer<Body>> {
  const answer = await fetch(`${inject('service').url}/api/v1${path}`, {
    method,
    headers: {
      Cookie: cookie,
      Accept: 'application/json',
      ...(options.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(options.version === undefined ? {} : { 'If-Match': `"${options.version}"` }),
    },
    body: options.body === undefined ? undefined : JSON.stringify(options.body),
  });
  const text = await answer.text();
  const good = options.status === undefined ? answer.ok : answer.status === options.status;
  if (!good) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : undefined };
}
