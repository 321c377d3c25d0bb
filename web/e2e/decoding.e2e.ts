// The service's tiles, read by the library that Mapbox made for its format.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { classifyRings, VectorTile, type VectorTileFeature } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { ask, DISTRICT, given, laoshan, then } from './driver';

const EXTENT = 4096;
const MARGIN = 64; // of lines and areas; points have none
const ZOOMS = [10, 13, 14, 16];

type Point = ReturnType<VectorTileFeature['loadGeometry']>[number][number];
type Geometry = 'point' | 'line' | 'area';
const types = { point: 1, line: 2, area: 3 } as const;

/** What tiles/layers.yaml says each layer draws. */
const geometries = new Map(
  [
    ...readFileSync(resolve(import.meta.dirname, '../../tiles/layers.yaml'), 'utf8').matchAll(
      /^- name: (\w+)\n(?: {2}.*\n)*? {2}geometry: (\w+)/gm,
    ),
  ].map((m) => [m[1] ?? '', m[2] as Geometry]),
);

interface TileJSON {
  bounds: [west: number, south: number, east: number, north: number];
  vector_layers: {
    id: string;
    minzoom: number;
    maxzoom: number;
    fields: Record<string, 'String' | 'Number' | 'Boolean'>;
  }[];
}

let keeper = '';
let described: TileJSON;
let run = '';
let idle = { code: '', version: 0 };

beforeAll(async () => {
  keeper = inject('service').keeper;
  const corner = (dx: number, dy: number): [number, number] => [laoshan.lng + dx, laoshan.lat + dy];
  await given.zone(keeper, '解码', [
    corner(-0.004, -0.003),
    corner(0.004, -0.003),
    corner(0.004, 0.003),
    corner(-0.004, 0.003),
  ]);
  const empty = await ask<{ code: string; version: number }>(
    keeper,
    'POST',
    `/districts/${DISTRICT}/idle-buildings`,
    { body: { name: '旧粮站', location: corner(0, 0) } },
  );
  idle = empty.body;
  const made = await ask<{ id: string }>(keeper, 'POST', `/districts/${DISTRICT}/coverage/runs`, {
    body: { facility_type: 'health_station', method: 'radius' },
  });
  run = made.body.id;
  described = (
    await ask<TileJSON>(keeper, 'GET', `/districts/${DISTRICT}/tiles/${[...geometries.keys()].join()}.json`)
  ).body;
});

afterAll(async () => {
  await ask(keeper, 'DELETE', `/districts/${DISTRICT}/idle-buildings/${idle.code}`, {
    version: idle.version,
  });
  await given.noZones();
});

interface Seen {
  layer: string;
  geometry: Geometry;
  feature: VectorTileFeature;
  shape: Point[][];
  at: string;
}

/** Every feature of the layers in every tile of the district at a zoom. */
async function* featuresAt(z: number, layers: readonly string[]): AsyncGenerator<Seen> {
  const [west, south, east, north] = described.bounds;
  const column = (lng: number) => Math.floor(((lng + 180) / 360) * 2 ** z);
  const line = (lat: number) =>
    Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * 2 ** z);
  for (let x = column(west); x <= column(east); x++)
    for (let y = line(north); y <= line(south); y++) {
      const at = `${z}/${x}/${y}`;
      const answer = await fetch(
        `${inject('service').url}/api/v1/districts/${DISTRICT}/tiles/${layers.join()}/${at}.mvt?run=${run}`,
        { headers: { Cookie: keeper } },
      );
      if (!answer.ok) throw new Error(`${at}: ${answer.status}`);
      const tile = new VectorTile(new PbfReader(new Uint8Array(await answer.arrayBuffer())));
      for (const [name, layer] of Object.entries(tile.layers)) {
        const geometry = geometries.get(name);
        if (!geometry) throw new Error(`${at} has a layer ${name}`);
        if (layer.version !== 2 || layer.extent !== EXTENT || layer.length === 0)
          throw new Error(
            `${at} ${name}: version ${layer.version}, extent ${layer.extent}, ${layer.length} features`,
          );
        for (let i = 0; i < layer.length; i++) {
          const feature = layer.feature(i);
          yield { layer: name, geometry, feature, shape: feature.loadGeometry(), at };
        }
      }
    }
}

/** Twice the area by the surveyor's formula: above 0 of outer rings, below of holes (MVT 2.1, 4.3.3.3). */
const area = (ring: readonly Point[]) =>
  ring.reduce((sum, p, i) => {
    const q = ring[(i + 1) % ring.length] ?? p;
    return sum + p.x * q.y - q.x * p.y;
  }, 0);

/** What is wrong with a feature. */
function* faultsOf({ layer, geometry, feature, shape }: Seen): Generator<string> {
  if (!Number.isSafeInteger(feature.id) || (feature.id ?? 0) <= 0) yield `id ${feature.id}`;
  if (feature.type !== types[geometry]) yield `type ${feature.type}`;
  const fields = described.vector_layers.find((l) => l.id === layer)?.fields ?? {};
  for (const [key, value] of Object.entries(feature.properties))
    if (typeof value !== fields[key]?.toLowerCase()) yield `${key} = ${value} is no ${fields[key]}`;
  const margin = geometry === 'point' ? 0 : MARGIN;
  const inside = (v: number) => v >= -margin && v <= EXTENT + margin;
  if (!shape.length || !shape.flat().every((p) => inside(p.x) && inside(p.y))) yield 'it leaves the tile';
  if (geometry === 'line' && shape.some((line) => line.length < 2)) yield 'a line of one place';
  if (geometry !== 'area') return;
  if (shape.some((r) => r.length < 4 || !r[0]?.equals(r.at(-1) as Point))) yield 'a ring is not closed';
  const polygons = classifyRings(shape);
  if (polygons.flat().length !== shape.length) yield 'a ring has no area';
  for (const [outer, ...holes] of polygons) {
    if (!outer || area(outer) <= 0) yield 'an outer ring runs the wrong way';
    if (holes.some((hole) => area(hole) >= 0)) yield 'a hole runs the wrong way';
  }
}

test('features of all layers have ids, the fields that are described, and shapes that the library understands', async () => {
  const counts = new Map<string, number>();
  const faults: string[] = [];
  for (const z of ZOOMS)
    for await (const seen of featuresAt(z, [...geometries.keys()])) {
      counts.set(seen.layer, (counts.get(seen.layer) ?? 0) + 1);
      for (const fault of faultsOf(seen))
        faults.push(`${seen.at} ${seen.layer} ${seen.feature.id}: ${fault}`);
    }
  console.log([...counts].map(([layer, n]) => `${layer} ${n}`).join(', '));
  expect(faults).toEqual([]);
  expect([...geometries.keys()].filter((layer) => !counts.has(layer))).toEqual([]);
});

test('all buildings, communities and facilities are in the tiles, once each where they are points', async () => {
  const ids = new Map<string, number[]>();
  for await (const { layer, feature } of featuresAt(16, ['buildings', 'communities', 'facilities']))
    ids.set(layer, [...(ids.get(layer) ?? []), feature.id ?? 0]);
  const n = await then.row<{ buildings: number; communities: number; facilities: number }>(
    `select (select count(*) from building where district_code = :'district') as buildings,
       (select count(*) from community where district_code = :'district' and geom is not null) as communities,
       (select count(*) from facility where district_code = :'district') as facilities`,
    { district: DISTRICT },
  );
  expect(new Set(ids.get('buildings')).size).toBe(n.buildings);
  expect(new Set(ids.get('communities')).size).toBe(n.communities);
  expect(ids.get('facilities')?.length).toBe(n.facilities);
  expect(new Set(ids.get('facilities')).size).toBe(n.facilities);
});
