// One way to the server. Every failure becomes a Problem with a sentence that
// can be shown; nothing else in the app looks at status codes of fetch.

/** RFC 9457 problem details, or what comes closest when the server is out of reach. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly errors: { location?: string; message?: string; value?: unknown }[] = [],
    readonly current: unknown = null,
  ) {
    super(detail || title);
    this.name = 'Problem';
  }
  /** The server could not be reached at all. */
  get offline(): boolean {
    return this.status === 0;
  }
  get conflict(): boolean {
    return this.status === 412;
  }
}

export interface Ask {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query?: Record<string, string | number | boolean | readonly string[] | null | undefined>;
  body?: unknown;
  /** Version the change is based on; sent as If-Match. */
  version?: number;
  signal?: AbortSignal;
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

export function address(path: string, query?: Ask['query']): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value === null || value === undefined || value === '') continue;
    if (Array.isArray(value)) {
      if (value.length > 0) params.set(key, value.join(','));
    } else params.set(key, String(value));
  }
  const search = params.toString();
  return `/api/v1${path}${search ? `?${search}` : ''}`;
}

export async function request<T>(path: string, ask: Ask = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language };
  let body: BodyInit | undefined;
  if (ask.body instanceof FormData) body = ask.body;
  else if (ask.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(ask.body);
  }
  if (ask.version !== undefined) headers['If-Match'] = `"${ask.version}"`;

  let response: Response;
  try {
    response = await fetch(address(path, ask.query), {
      method: ask.method ?? 'GET',
      headers,
      body,
      signal: ask.signal,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(0, 'offline', '');
  }
  return answer<T>(response, path);
}

/** Reads a response: the value, or a thrown Problem. */
export async function answer<T>(response: Response, path: string): Promise<T> {
  if (response.ok) {
    if (response.status === 204) return undefined as T;
    const text = await response.text();
    return (text ? JSON.parse(text) : undefined) as T;
  }
  const problem = await readProblem(response);
  if (response.status === 401 && !path.startsWith('/session')) onSignedOut();
  throw problem;
}

async function readProblem(response: Response): Promise<Problem> {
  let data: Record<string, unknown> = {};
  try {
    data = (await response.json()) as Record<string, unknown>;
  } catch {
    // A proxy's HTML page or nothing at all: the status has to do.
  }
  const text = (key: string) => (typeof data[key] === 'string' ? (data[key] as string) : '');
  const errors = Array.isArray(data.errors) ? (data.errors as Problem['errors']) : [];
  return new Problem(response.status, text('title'), text('detail'), errors, data.current ?? null);
}
