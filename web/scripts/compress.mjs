// Writes .gz and .br beside every text file of the build, so that the server
// only has to pick one.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = new URL('../dist', import.meta.url).pathname;
const text = /\.(js|mjs|css|html|json|svg|txt)$/;

for (const name of readdirSync(dist, { recursive: true })) {
  const file = join(dist, String(name));
  if (!text.test(file) || !statSync(file).isFile() || file.includes('/.vite/')) continue;
  const body = readFileSync(file);
  if (body.length < 512) continue;
  writeFileSync(`${file}.gz`, gzipSync(body, { level: 9 }));
  writeFileSync(
    `${file}.br`,
    brotliCompressSync(body, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
    }),
  );
}
