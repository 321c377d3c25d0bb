// Takes the pictures of the README from the running product: make screenshots.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'vitest';
import { type Desk, given, type Place, type Position, then, when } from './driver';

const images = resolve(import.meta.dirname, '../../docs/images');

/** Between the two sides of 崂山片, where communities lie close together. */
const dense: Place = { lng: 121.5128, lat: 31.2379, zoom: 15.6 };
const corners: Position[] = [
  [121.50945, 31.24085],
  [121.5126, 31.2413],
  [121.5163, 31.2403],
  [121.5168, 31.2366],
  [121.5145, 31.2349],
  [121.5094, 31.2369],
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
  const desk = await given.planner({ place: dense, query: { select: `community:${code}` } });
  await then.shows(desk, 'inspector-title', '崂山二村');
  await take(desk, 'workbench.png');
});

test('zone.png: a drawn zone with its totals and a coverage check', async () => {
  const planner = await given.account('planner');
  const { code } = await given.zone(planner.cookie, '崂山连片改造片区', corners);
  const desk = await given.planner({ mode: 'coverage', place: dense, query: { select: `zone:${code}` } });
  await then.shows(desk, 'inspector-title', '崂山连片改造片区');
  await desk.get('facility-type-health_station').click();
  await desk.get('coverage-area-zone').click();
  await when.choose(desk, 'coverage-zone', code);
  await desk.get('coverage-run').click();
  await then.sees(desk, 'coverage-summary');
  await take(desk, 'zone.png');
  await given.noZones();
});
