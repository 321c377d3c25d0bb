// A baked file (PMTiles 3, written by `lianpian tiles bake`), opened over HTTP ranges or
// from a disk, and looked through before anything of it is shown.
import { bytesToHeader, FetchSource, FileSource, type Header, PMTiles, type Source, TileType } from 'pmtiles';
import type { Bounds } from '../api/nouns';

/** Why a file is not shown. */
export type Reason = 'missing' | 'unreachable' | 'notArchive' | 'foreign' | 'tooNew' | 'broken';

export class Refused extends Error {
  constructor(readonly reason: Reason) {
    super(`the archive is refused: ${reason}`);
  }
}

/** What a file shows. */
export interface Archive {
  file: string;
  /** Name and code of the district. */
  district: string;
  code: string;
  /** The moment that it shows. */
  at: Date;
  /** Some of its figures are generated. */
  demo: boolean;
  attribution: string;
  /** Names of its layers (source-layer). */
  layers: readonly string[];
  minZoom: number;
  maxZoom: number;
  bounds: Bounds;
  /** The bytes of a tile; none where it is empty. */
  tile: (z: number, x: number, y: number, signal: AbortSignal) => Promise<ArrayBuffer>;
}

const HEADER = 127; // bytes
const MAGIC = 'PMTiles';
const FORMAT = 3;
/** What a file says of where it comes from; see internal/tile/bake.go. */
const VERSION = 1;

interface Metadata {
  name?: unknown;
  attribution?: unknown;
  vector_layers?: unknown;
  lianpian?: unknown;
}

/** Opens a file from a disk. Errors: Refused. */
export const openFile = (file: File): Promise<Archive> => look(new FileSource(file), file.size, file.name);

/** Opens a file of a web server, by parts; of one that knows no ranges, as a whole. Errors: Refused. */
export async function openAddress(address: string): Promise<Archive> {
  const name = decodeURIComponent(new URL(address).pathname.split('/').at(-1) ?? '');
  let first: Response;
  try {
    first = await fetch(address, { headers: { Range: `bytes=0-${HEADER - 1}` } });
  } catch {
    throw new Refused('unreachable');
  }
  if (first.status === 404 || first.status === 410) throw new Refused('missing');
  if (first.status === 416) throw new Refused('notArchive'); // it is empty
  if (!first.ok) throw new Refused('unreachable');
  if (first.status === 206) {
    const size = Number(/\/(\d+)$/.exec(first.headers.get('Content-Range') ?? '')?.[1] ?? Number.NaN);
    await first.arrayBuffer();
    return look(new FetchSource(address), size, name);
  }
  const whole = await first.blob().catch(() => {
    throw new Refused('unreachable');
  });
  return openFile(new File([whole], name));
}

async function look(source: Source, size: number, file: string): Promise<Archive> {
  const header = await readHeader(source);
  if (header.tileType !== TileType.Mvt) throw new Refused('foreign');
  const ends = [
    header.rootDirectoryOffset + header.rootDirectoryLength,
    header.jsonMetadataOffset + header.jsonMetadataLength,
    header.leafDirectoryOffset + (header.leafDirectoryLength ?? 0),
    header.tileDataOffset + (header.tileDataLength ?? 0),
  ];
  if (ends.some((end) => end > size)) throw new Refused('broken');
  const archive = new PMTiles(source);
  let metadata: Metadata;
  try {
    await archive.getHeader(); // with the first of its directories
    metadata = (await archive.getMetadata()) as Metadata;
  } catch {
    throw new Refused('broken');
  }
  const { lianpian: origin, vector_layers: layers } = metadata ?? {};
  if (!isObject(origin) || typeof origin.version !== 'number') throw new Refused('foreign');
  if (origin.version > VERSION) throw new Refused('tooNew');
  const at = new Date(String(origin.at));
  if (!Array.isArray(layers) || Number.isNaN(at.getTime())) throw new Refused('broken');
  return {
    file,
    district: String(metadata.name ?? ''),
    code: String(origin.district ?? ''),
    at,
    demo: origin.demo === true,
    attribution: String(metadata.attribution ?? ''),
    layers: layers.filter(isObject).map((l) => String(l.id)),
    minZoom: header.minZoom,
    maxZoom: header.maxZoom,
    bounds: [header.minLon, header.minLat, header.maxLon, header.maxLat],
    tile: async (z, x, y, signal) => (await archive.getZxy(z, x, y, signal))?.data ?? new ArrayBuffer(0),
  };
}

async function readHeader(source: Source): Promise<Header> {
  let bytes: ArrayBuffer;
  try {
    bytes = (await source.getBytes(0, HEADER)).data;
  } catch {
    throw new Refused('unreachable');
  }
  const begin = new Uint8Array(bytes);
  if (begin.length < MAGIC.length + 1 || String.fromCharCode(...begin.subarray(0, MAGIC.length)) !== MAGIC)
    throw new Refused('notArchive');
  const format = begin[MAGIC.length] ?? 0;
  if (format > FORMAT) throw new Refused('tooNew');
  if (format < FORMAT) throw new Refused('foreign');
  if (begin.length < HEADER) throw new Refused('broken');
  return bytesToHeader(bytes.slice(0, HEADER));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
