// Shapefiles as colleagues send them: buildings in a ZIP, texts in GBK, with no
// word of the coordinate system, and shifted as web maps are.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { MultiPolygon, Polygon } from 'geojson';
import type { Position } from './place';

export interface BuildingInFile {
  geometry: Polygon | MultiPolygon;
  properties: Record<string, string | number | null>;
}

/** A ZIP with the .shp, .shx and .dbf alone; GDAL writes them. */
export async function shapefileOf(name: string, buildings: readonly BuildingInFile[]): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'lianpian-shp-'));
  try {
    const given = join(folder, 'in.geojson');
    const features = buildings.map((b) => ({ type: 'Feature', ...b }));
    await writeFile(given, JSON.stringify({ type: 'FeatureCollection', features }));
    const out = join(folder, 'out');
    execFileSync('ogr2ogr', ['-f', 'ESRI Shapefile', out, given, '-nln', name, '-lco', 'ENCODING=GBK'], {
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    const files = new Map<string, Buffer>();
    for (const file of await readdir(out))
      if (/\.(shp|shx|dbf)$/.test(file)) files.set(file, await readFile(join(out, file)));
    return zip(files);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A ZIP archive of files as they are. */
function zip(files: ReadonlyMap<string, Buffer>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, body] of files) {
    const bytes = Buffer.from(name, 'utf8');
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version
    common.writeUInt16LE(0x800, 2); // names in UTF-8
    common.writeUInt32LE(crc32(body), 10);
    common.writeUInt32LE(body.length, 14);
    common.writeUInt32LE(body.length, 18);
    common.writeUInt16LE(bytes.length, 22);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), common, bytes, body);
    const entry = Buffer.alloc(46);
    entry.write('PK\x01\x02', 'latin1');
    entry.writeUInt16LE(20, 4);
    common.copy(entry, 6);
    entry.writeUInt32LE(at, 42);
    directory.push(entry, bytes);
    at += 30 + bytes.length + body.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.size, 8);
  end.writeUInt16LE(files.size, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, index, end]);
}

/** Every position of a shape moved as GCJ-02 moves it. */
export function inGCJ02<G extends Polygon | MultiPolygon>(geometry: G): G {
  const moved = (c: unknown): unknown =>
    Array.isArray(c) && typeof c[0] === 'number'
      ? gcj02([c[0], c[1]] as Position)
      : (c as unknown[]).map(moved);
  return { ...geometry, coordinates: moved(geometry.coordinates) };
}

/** The published approximation of GCJ-02. */
export function gcj02([lng, lat]: Position): Position {
  const [x, y] = [lng - 105, lat - 35];
  const { PI, sin, cos, sqrt, abs } = Math;
  const fine = ((20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2) / 3;
  const swing = (v: number, twelfth: number, thirtieth: number) =>
    ((20 * sin(v * PI) +
      40 * sin((v / 3) * PI) +
      twelfth * sin((v / 12) * PI) +
      thirtieth * sin((v / 30) * PI)) *
      2) /
    3;
  const north =
    -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + fine + swing(y, 160, 320);
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + fine + swing(x, 150, 300);
  const a = 6378245;
  const ee = 0.00669342162296594;
  const magic = 1 - ee * sin((lat / 180) * PI) ** 2;
  return [
    lng + (east * 180) / ((a / sqrt(magic)) * cos((lat / 180) * PI) * PI),
    lat + (north * 180) / (((a * (1 - ee)) / (magic * sqrt(magic))) * PI),
  ];
}
