// Takes the pictures of the README from the running product: make screenshots.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { MultiPolygon } from 'geojson';
import { test } from 'vitest';
import { ask, type Desk, DISTRICT, given, type Place, type Position, then, when } from './driver';
import { inGCJ02, shapefileOf } from './driver/shapefile';

const images = resolve(import.meta.dirname, '../../docs/images');

/** 崂山片, where communities lie close together; the panels leave this part of the map free. */
const dense: Place = { lng: 121.5136, lat: 31.2379, zoom: 15.4 };
const corners: Position[] = [
  [121.5119, 31.24065],
  [121.51325, 31.24095],
  [121.51445, 31.23975],
  [121.51745, 31.23915],
  [121.51685, 31.23635],
  [121.5143, 31.2351],
  [121.5128, 31.2362],
  [121.5111, 31.2385],
];

async function take(desk: Desk, name: string): Promise<void> {
  await desk.page.mouse.move(683, 20);
  await desk.page.waitForLoadState('networkidle');
  await mkdir(images, { recursive: true });
  await then.stands(desk);
  await desk.page.screenshot({ path: join(images, name) });
}

test('workbench.png: the register with the inspector of a community', async () => {
  const { code } = await then.row<{ code: string }>(`select code from community where name = '崂山二村'`);
  const desk = await given.planner({ called: '陈工', place: dense, query: { select: `community:${code}` } });
  await then.shows(desk, 'inspector-title', '崂山二村');
  await take(desk, 'workbench.png');
});

test('zone.png: a drawn zone with its totals and a coverage check', async () => {
  const planner = await given.account('planner', [], '陈工');
  const { code } = await given.zone(planner.cookie, '崂山连片改造片区', corners);
  const desk = await given.planner({
    called: '陈工',
    mode: 'coverage',
    place: dense,
    query: { select: `zone:${code}` },
  });
  await then.shows(desk, 'inspector-title', '崂山连片改造片区');
  await desk.get('facility-type-health_station').click();
  await when.choose(desk, 'coverage-area', 'zone');
  await when.choose(desk, 'coverage-zone', code);
  await desk.get('coverage-run').click();
  await then.sees(desk, 'coverage-summary');
  await take(desk, 'zone.png');
});

test('coverage.png: a walked coverage run with the proof of a home', async () => {
  const desk = await given.planner({ called: '陈工', mode: 'coverage', place: dense });
  const runs = `/districts/${DISTRICT}/coverage/runs`;
  const made = await ask<{ id: string }>(desk.who.cookie, 'POST', runs, {
    body: { facility_type: 'elder_daycare', method: 'walk' },
  });
  const { code } = await then.row<{ code: string }>(
    `select b.code from building b join community c on c.id = b.community_id where c.name = '崂山五村' order by b.code limit 1`,
  );
  await when.open(desk, 'coverage', dense, { run: made.body.id, select: `building:${code}` });
  await then.sees(desk, 'proof-sentence');
  await take(desk, 'coverage.png');
});

test('plans.png: a zone that is to become a package for the bureau', async () => {
  await given.noZones();
  const planner = await given.account('planner', [], '陈工');
  const { code } = await given.zone(planner.cookie, '崂山连片改造片区', corners);
  const desk = await given.planner({
    called: '陈工',
    mode: 'plans',
    place: dense,
    query: { select: `zone:${code}` },
  });
  await desk.get('plan-zone').check();
  await take(desk, 'plans.png');
});

test('data.png: a file with coordinates of a web map, looked into before it comes in', async () => {
  const stored = await then.rows<{ code: string; geometry: MultiPolygon }>(
    `select code, ST_AsGeoJSON(geom)::json as geometry from building
     where ST_Intersects(geom, ST_MakeEnvelope(121.505, 31.233, 121.523, 31.243, 4490)) order by code limit 300`,
  );
  const file = await shapefileOf(
    '楼栋轮廓',
    stored.map((b) => ({ geometry: inGCJ02(b.geometry), properties: { 楼栋编号: b.code } })),
  );
  const desk = await given.planner({ called: '陈工', mode: 'data', place: dense });
  await desk
    .get('import-file')
    .setInputFiles({ name: '楼栋轮廓.zip', mimeType: 'application/zip', buffer: file });
  await desk.get('import-start').click();
  await desk.page.locator('[data-testid="inspection-state"][data-state="ready"]').waitFor();
  await take(desk, 'data.png');
});

test('board.png: the screen of the head of the bureau', async () => {
  const desk = await given.planner({
    called: '陈工',
    mode: 'program',
    query: { ptab: 'board', sheet: 'board' },
  });
  await then.sees(desk, 'board-picture');
  await take(desk, 'board.png');
});

test('projects.png: the project libraries on the map, with the year slider', async () => {
  const { year } = await then.row<{ year: number }>(
    `select year from project where state = 'confirmed' and phase = 'implement'
     group by year order by count(*) desc, year desc limit 1`,
  );
  const desk = await given.planner({
    called: '陈工',
    mode: 'program',
    query: { ptab: 'projects', year: String(year) },
  });
  await then.sees(desk, 'project-years');
  await take(desk, 'projects.png');
});

test('file.png: the file of a community', async () => {
  const { code } = await then.row<{ code: string }>(`select code from community where name = '崂山二村'`);
  const desk = await given.planner({ called: '陈工', query: { sheet: `community:${code}:checks` } });
  await then.sees(desk, 'sheet-community');
  await then.sees(desk, 'checks');
  await take(desk, 'file.png');
});

test('month.png: a frozen monthly report in the layout of its form', async () => {
  const report = await then.row<{ id: string; month: string }>(
    `select id, to_char(month, 'YYYY-MM') as month from month_report r where state = 'frozen'
     order by (select count(*) from month_line l where l.report_id = r.id) desc, month desc, id limit 1`,
  );
  const desk = await given.planner({
    called: '陈工',
    mode: 'program',
    query: { ptab: 'months', month: report.month, sheet: `month:${report.month}:${report.id}` },
  });
  await then.sees(desk, 'month-report');
  await take(desk, 'month.png');
});
