import { describe, expect, test } from 'vitest';
import { openFile, Refused } from './archive';

const origin = { version: 1, district: '500110', at: '2026-11-30T08:00:00Z', demo: false };
const metadata = {
  name: '万盛',
  attribution: '© OpenStreetMap contributors',
  vector_layers: [{ id: 'water' }, { id: 'communities' }],
  lianpian: origin,
};

async function gzip(content: BlobPart): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([content]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/** An archive with one tile, 0/0/0. */
async function archive(said: unknown = metadata): Promise<Uint8Array<ArrayBuffer>> {
  const tile = await gzip('tile');
  // One entry: tile 0, a run of 1, so long, at the beginning.
  const root = await gzip(Uint8Array.of(1, 0, 1, tile.length, 1));
  const text = await gzip(JSON.stringify(said));
  const header = new DataView(new ArrayBuffer(127));
  new Uint8Array(header.buffer).set(new TextEncoder().encode('PMTiles'));
  header.setUint8(7, 3);
  const [at, end] = [127 + root.length, 127 + root.length + text.length];
  [127, root.length, at, text.length, end, 0, end, tile.length, 1, 1, 1].forEach((n, i) => {
    header.setUint32(8 + 8 * i, n, true);
  });
  [1, 2, 2, 1, 0, 16].forEach((n, i) => {
    header.setUint8(96 + i, n);
  });
  [106, 28.9, 107, 29.1].forEach((degrees, i) => {
    header.setInt32(102 + 4 * i, degrees * 1e7, true);
  });
  const all = new Uint8Array(end + tile.length);
  all.set(new Uint8Array(header.buffer));
  all.set(root, 127);
  all.set(text, at);
  all.set(tile, end);
  return all;
}

const file = (bytes: Uint8Array<ArrayBuffer>) => new File([bytes], 'a.pmtiles');

async function changed(at: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await archive();
  bytes[at] = to;
  return bytes;
}

test('an archive says what it shows, and gives its tiles unpacked', async () => {
  const { tile, ...said } = await openFile(file(await archive()));
  expect(said).toEqual({
    file: 'a.pmtiles',
    district: '万盛',
    code: '500110',
    at: new Date('2026-11-30T08:00:00Z'),
    demo: false,
    attribution: '© OpenStreetMap contributors',
    layers: ['water', 'communities'],
    minZoom: 0,
    maxZoom: 16,
    bounds: [106, 28.9, 107, 29.1],
  });
  const signal = new AbortController().signal;
  expect(new TextDecoder().decode(await tile(0, 0, 0, signal))).toBe('tile');
});

describe('a file that cannot be shown is refused with its reason', async () => {
  const whole = await archive();
  const cases: Record<string, [Uint8Array<ArrayBuffer>, string]> = {
    'an empty one': [new Uint8Array(0), 'notArchive'],
    'a text': [new TextEncoder().encode('code,name\n1,崂山二村\n'), 'notArchive'],
    'a beginning': [whole.slice(0, 60), 'broken'],
    'half of one': [whole.slice(0, whole.length - 5), 'broken'],
    'one with a damaged description': [await changed(127 + 40, 0xff), 'broken'],
    'one of the next format': [await changed(7, 4), 'tooNew'],
    'one of the format before': [await changed(7, 2), 'foreign'],
    'one of pictures': [await changed(99, 2), 'foreign'],
    "somebody else's": [await archive({ ...metadata, lianpian: undefined }), 'foreign'],
    'one of a newer Lianpian': [
      await archive({ ...metadata, lianpian: { ...origin, version: 2 } }),
      'tooNew',
    ],
    'one of no moment': [await archive({ ...metadata, lianpian: { ...origin, at: 'today' } }), 'broken'],
    'one of no layers': [await archive({ ...metadata, vector_layers: undefined }), 'broken'],
  };
  for (const [name, [bytes, reason]] of Object.entries(cases))
    test(name, async () => {
      const error = await openFile(file(bytes)).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(Refused);
      expect((error as Refused).reason).toBe(reason);
    });
});
