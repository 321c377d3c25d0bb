// A plain web server of one folder, as an intranet has them: files by their names, ranges, nothing else.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { onTestFinished } from 'vitest';

export interface Site {
  /** Address of the folder, with a slash at the end. */
  url: string;
  /** What was asked for: name of the file, and the range. */
  asked: { name: string; range: string }[];
}

const kinds: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** Serves a folder under a path of its own until the test ends. `ranges`: off as of a very plain server. */
export async function serveFolder(folder: string, { ranges = true } = {}): Promise<Site> {
  const root = '/maps/district/';
  const asked: Site['asked'] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://site').pathname);
    const name = path === root ? 'index.html' : normalize(path.slice(root.length));
    const range = request.headers.range ?? '';
    asked.push({ name, range });
    const file = join(folder, name);
    stat(file).then(
      ({ size }) => {
        const [, from, to] = (ranges && /^bytes=(\d+)-(\d+)$/.exec(range)) || [];
        const begin = Number(from ?? 0);
        const end = Math.min(Number(to ?? size - 1), size - 1);
        response.writeHead(from ? 206 : 200, {
          'Content-Type': kinds[extname(name)] ?? 'application/octet-stream',
          'Content-Length': end - begin + 1,
          ...(from ? { 'Content-Range': `bytes ${begin}-${end}/${size}` } : {}),
        });
        createReadStream(file, { start: begin, end }).pipe(response);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(
    () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${root}`, asked };
}
