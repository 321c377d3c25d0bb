// Fails when the JavaScript that the first map needs grows past the limit of
// the issue: the entry with everything it imports statically, the map library
// and its worker, all gzip-compressed.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT = 700_000;
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

/** Dynamic imports that the first map cannot do without. */
const neededChunks = ['src/map/MapView.tsx'];
const files = new Set();

function take(key) {
  const chunk = manifest[key];
  if (!chunk || files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const imported of chunk.imports ?? []) take(imported);
}

for (const [key, chunk] of Object.entries(manifest)) if (chunk.isEntry) take(key);
for (const key of neededChunks) take(key);
for (const name of readdirSync(new URL('assets/', dist))) {
  if (/worker.*\.m?js$/.test(name)) files.add(`assets/${name}`);
}

let total = 0;
for (const file of files) {
  if (!/\.m?js$/.test(file)) continue;
  const size = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
  total += size;
  console.log(`${String(size).padStart(9)}  ${file}`);
}
console.log(`${String(total).padStart(9)}  together, limit ${LIMIT}`);
if (!files.size || total > LIMIT) {
  console.error('The JavaScript for the first map is larger than the limit.');
  process.exit(1);
}
