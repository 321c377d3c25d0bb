// One way to the server: the typed client, and one kind of error. Every failure
// becomes a Problem with a sentence that can be shown; nothing else in the app
// looks at status codes of fetch.
import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

export const BASE = '/api/v1';

/** RFC 9457 problem details, or what comes closest when the server is out of reach (status 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly errors: readonly components['schemas']['ProblemPart'][] = [],
    /** The thing as it is now, where a change came too late. */
    readonly current: unknown = null,
    /** Which kind of problem, the last part of its type. */
    readonly kind: string = '',
  ) {
    super(detail || title);
    this.name = 'Problem';
  }
  get offline(): boolean {
    return this.status === 0;
  }
  get conflict(): boolean {
    return this.status === 412;
  }
}

let language = 'zh-CN';
export function speak(tag: string): void {
  language = tag;
}
/** Called whenever the server says that nobody is signed in. */
let onSignedOut: () => void = () => {};
export function whenSignedOut(f: () => void): void {
  onSignedOut = f;
}

export const client = createClient<paths>({
  baseUrl: BASE,
  // Asked anew on every call, so that tests and the service worker of a later day can stand in.
  fetch: (request) => fetch(request),
  querySerializer: { array: { style: 'form', explode: false } },
});
let saved = Number.NEGATIVE_INFINITY; // when something was last sent, or answered
const note = (request: Request) => {
  if (request.method !== 'GET') saved = Date.now();
};
/** Whether this person has just saved something, so that what the server tells is likely theirs. */
export const savedLately = () => Date.now() - saved < 3000;
client.use({
  onRequest: ({ request }) => {
    request.headers.set('Accept-Language', language);
    note(request);
  },
  onResponse: ({ request }) => note(request),
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}
/** The value of an answer, or a thrown Problem. */
export async function value<T>(asked: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await asked;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(0, 'offline', '');
  }
  if (answer.response.ok) return answer.data as T;
  throw problemOf(answer.response, answer.error);
}

/** The value of a response that was asked for without the client (before the app was read). */
export async function valueFrom<T>(response: Response): Promise<T> {
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body as T;
  throw problemOf(response, body);
}

function problemOf(response: Response, body: unknown): Problem {
  // A proxy may answer with a page of its own: then the status has to do.
  const p = (typeof body === 'object' && body !== null ? body : {}) as Partial<
    components['schemas']['Problem']
  >;
  if (response.status === 401 && !response.url.includes(`${BASE}/session`)) onSignedOut();
  return new Problem(
    response.status,
    p.title ?? '',
    p.detail ?? '',
    p.errors ?? [],
    p.current ?? null,
    p.type?.split(':').at(-1) ?? '',
  );
}

/** If-Match for a change that is based on a version. */
export const ifMatch = (version: number) => ({ 'If-Match': `"${version}"` });
