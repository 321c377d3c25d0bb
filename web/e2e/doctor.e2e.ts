import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MultiPolygon, Polygon } from 'geojson';
import { expect, test } from 'vitest';
import { type Desk, given, laoshan, type Position, then, when } from './driver';
import { type BuildingInFile, inGCJ02, shapefileOf } from './driver/shapefile';

/** A house of 12 m × 24 m whose south-west corner is here. */
const house = ([lng, lat]: Position): Polygon => ({
  type: 'Polygon',
  coordinates: [
    [
      [lng, lat],
      [lng + 0.00025, lat],
      [lng + 0.00025, lat + 0.00011],
      [lng, lat + 0.00011],
      [lng, lat],
    ],
  ],
});

/** Buildings that the register has, and as many new ones, as a web map would give them. */
async function drawnOverWebMap(codes: readonly string[], corners: readonly Position[]): Promise<string> {
  const stored = await then.rows<{ code: string; storeys: number | null; geometry: MultiPolygon }>(
    `select code, storeys, ST_AsGeoJSON(geom)::json as geometry from building
     where ST_Intersects(geom, ST_MakeEnvelope(121.505, 31.233, 121.523, 31.243, 4490)) order by code limit 300`,
  );
  const row = (code: string, storeys: number | null, geometry: Polygon | MultiPolygon): BuildingInFile => ({
    geometry: inGCJ02(geometry),
    properties: { 楼栋编号: code, 层数: storeys, 户主: '张三' },
  });
  const file = await shapefileOf('楼栋轮廓', [
    ...stored.map((b) => row(b.code, b.storeys, b.geometry)),
    ...codes.map((code, i) => row(code, 6, house(corners[i] ?? [0, 0]))),
  ]);
  const path = join(tmpdir(), `楼栋轮廓-${process.pid}-${codes.join('-')}.zip`);
  await writeFile(path, file);
  return path;
}

async function send(desk: Desk, path: string): Promise<void> {
  await desk.get('import-file').setInputFiles(path);
  await desk.get('import-start').click();
}
const state = (desk: Desk, wanted: string) =>
  expect
    .poll(
      () =>
        desk
          .get('inspection-state')
          .getAttribute('data-state', { timeout: 1000 })
          .catch(() => null),
      { timeout: 60_000, interval: 300, message: 'state of the inspection' },
    )
    .toBe(wanted);
const metresOff = async (desk: Desk, testId: string) =>
  Number.parseFloat((await desk.get(testId).innerText()).replace(/[^\d.]/g, ''));
const buildings = async () => (await then.row<{ n: number }>('select count(*)::int as n from building')).n;
/** How far the middle of a building lies from where it should, in metres; null where it is not there. */
const distance = async (code: string, [lng, lat]: Position) =>
  (
    await then.row<{ m: number | null }>(
      `select (select ST_Distance(ST_Centroid(geom)::geography,
         ST_SetSRID(ST_Point(${lng + 0.000125}, ${lat + 0.000055}), 4490)::geography)
       from building where code = '${code}') as m`,
    )
  ).m;

const corners: Position[] = [
  [121.5093, 31.2352],
  [121.5097, 31.2349],
  [121.5101, 31.2346],
];

test('a shapefile from a web map is put right with evidence, imported where it belongs, and taken back as a whole', async () => {
  const before = await buildings();
  const desk = await given.planner({ mode: 'data', place: laoshan });
  await send(desk, await drawnOverWebMap(['WEB-1', 'WEB-2'], corners));
  await state(desk, 'ready');

  // Nothing is written before somebody confirms.
  expect(await buildings()).toBe(before);
  await then.shows(desk, 'file-format', 'Shapefile');
  await then.shows(desk, 'findings', /prj/);
  await then.sees(desk, 'staged-rows');

  await desk.get('step-crs').click();
  await expect.poll(() => desk.get('shift').getAttribute('data-proposed')).toBe('gcj02');
  expect(await metresOff(desk, 'shift-before')).toBeGreaterThan(100);
  expect(await metresOff(desk, 'shift-after')).toBeLessThan(3);
  expect(await then.overflows(desk)).toEqual([]);

  await desk.get('step-fields').click();
  await then.shows(desk, 'fields', /户主.*不读取/s);

  // What the register has stays as it is; the new buildings come in.
  if (await desk.get('accept-all').count()) await desk.get('accept-all').click();
  await desk.get('step-duplicates').click();
  await desk.get('duplicates-skip').click();
  await expect.poll(() => desk.get('duplicates-skip').getAttribute('aria-pressed')).toBe('true');
  await desk.get('step-confirm').click();
  await then.shows(desk, 'tally', /楼栋/);
  await desk.get('inspection-import').click();
  await state(desk, 'imported');
  expect(await buildings()).toBe(before + 2);
  for (const [i, code] of ['WEB-1', 'WEB-2'].entries())
    expect(await distance(code, corners[i] ?? [0, 0])).toBeLessThan(1);
  await then.shows(desk, 'report-inserted', /2$/);
  const leaked = await then.rows(
    `select 1 from building where code like 'WEB-%' and (name || source) like '%张三%'`,
  );
  expect(leaked).toEqual([]);

  await desk.get('import-undo').click();
  await desk.get('undo-yes').click();
  await then.misses(desk, 'undo-dialog');
  expect(await buildings()).toBe(before);
  expect(await distance('WEB-1', corners[0] ?? [0, 0])).toBeNull();
});

test('the next file of a known source comes in without a question, and the history takes it back', async () => {
  const before = await buildings();
  const desk = await given.planner({ mode: 'data', place: laoshan });
  await then.sees(desk, 'habits');
  await send(desk, await drawnOverWebMap(['WEB-3'], [corners[2] ?? [0, 0]]));
  await state(desk, 'imported');
  expect(await buildings()).toBe(before + 1);
  expect(await distance('WEB-3', corners[2] ?? [0, 0])).toBeLessThan(1);

  await desk.get('inspection-another').click();
  await desk.get('import-history').getByTestId('import-item').first().click();
  await desk.get('import-undo').click();
  await desk.get('undo-yes').click();
  await then.misses(desk, 'undo-dialog');
  expect(await buildings()).toBe(before);
});

test('a file that nobody wants is discarded, and a file that is none says so', async () => {
  const before = await buildings();
  const desk = await given.planner({ mode: 'data', place: laoshan });
  desk.allow(/ 4\d\d /);
  const bad = join(tmpdir(), `坏-${process.pid}.gpkg`);
  await writeFile(bad, 'this is no GeoPackage');
  await send(desk, bad);
  const alert = desk.page.getByRole('alert').first();
  await alert.waitFor();
  await expect.poll(() => alert.innerText()).toMatch(/不是 GeoPackage/);

  await when.open(desk, 'data', laoshan);
  const points = join(tmpdir(), `点-${process.pid}.csv`);
  await writeFile(points, '名称,经度,纬度\n一号,121.5145,31.2378\n二号,121.5150,31.2380\n');
  await send(desk, points);
  await state(desk, 'ready');
  await desk.get('inspection-discard').click();
  await desk.get('discard-yes').click();
  await then.sees(desk, 'import-drop');
  expect(await buildings()).toBe(before);
});
