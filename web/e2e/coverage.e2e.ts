import { expect, test } from 'vitest';
import { count } from '../src/language/format';
import { given, laoshan, then, when } from './driver';

const covered = [42, 127, 184] as const;
const uncovered = [217, 88, 28] as const;

interface Sum {
  buildings: number;
  covered_buildings: number;
  households: number;
  covered_households: number;
}
/**
 * Counted by plain SQL: geodesic distance from the inner point to the nearest facility of the type.
 * A community without buildings (a ledger may bring some) counts with its households at its own point.
 */
const counted = (type: string, radius: number, subdistrict = '') =>
  then.row<Sum>(
    `with home as (
       select 1 as buildings, b.households, b.point, b.subdistrict_code from building b
       union all
       select 0, c.households, c.location, c.subdistrict_code from community c
       where c.location is not null and not exists (select from building b where b.community_id = c.id)),
     figure as (
       select h.buildings, coalesce(h.households, 0) as households, exists (
         select from facility f where f.facility_type = :'type'
         and ST_Distance(f.geom::geography, h.point::geography) <= :radius) as covered
       from home h where :'sub' = '' or h.subdistrict_code = :'sub')
     select sum(buildings) as buildings, coalesce(sum(buildings) filter (where covered), 0) as covered_buildings,
       sum(households) as households, coalesce(sum(households) filter (where covered), 0) as covered_households
     from figure`,
    { type, radius, sub: subdistrict },
  );
const part = (a: number, all: number) =>
  new RegExp(`${count(a)} / ${count(all)}\\s*${((100 * a) / all).toFixed(1)}%`);

test('a clinic check counts covered and uncovered households as SQL does, and paints both', async () => {
  const desk = await given.planner({ mode: 'coverage', place: { ...laoshan, zoom: 15 } });
  await desk.get('facility-type-filter').fill('卫生');
  await desk.get('facility-type-health_station').click();
  await expect.poll(() => desk.get('coverage-radius').getAttribute('placeholder')).toMatch(/300/);
  await then.shows(desk, 'standard', /GB50180.*≤ 300 m/);
  await desk.get('coverage-run').click();
  await then.sees(desk, 'coverage-summary');

  const sql = await counted('health_station', 300);
  expect(sql.covered_households).toBeGreaterThan(0);
  expect(sql.covered_households).toBeLessThan(sql.households);
  await then.shows(desk, 'covered-households', part(sql.covered_households, sql.households));
  await then.shows(desk, 'covered-buildings', part(sql.covered_buildings, sql.buildings));
  await then.shows(desk, 'coverage-method', /GB 50180/);
  await then.sees(desk, 'demo-mark');
  // The address follows a moment after the map.
  await expect.poll(() => new URL(desk.page.url()).searchParams.get('run')).toMatch(/^[0-9a-f-]{36}$/);
  await then.paints(desk, covered, 300, 30);
  await then.paints(desk, uncovered, 300, 30);

  await desk.page.reload();
  await then.shows(desk, 'covered-households', part(sql.covered_households, sql.households));
  await then.paints(desk, uncovered, 300, 30);
  await desk.get('clear-run').click();
  await then.misses(desk, 'coverage-summary');
  await then.paintsNot(desk, uncovered, 0, 12);
});

test('a radius typed by hand and a subdistrict are honoured and said', async () => {
  const desk = await given.planner({ mode: 'coverage' });
  await desk.get('facility-type-health_station').click();
  await desk.get('coverage-radius').fill('450');
  await when.choose(desk, 'coverage-area', 'subdistrict');
  await when.choose(desk, 'coverage-subdistrict', '310115007');
  await desk.get('coverage-run').click();
  const sql = await counted('health_station', 450, '310115007');
  await then.shows(desk, 'covered-households', part(sql.covered_households, sql.households));
  await then.shows(desk, 'covered-buildings', part(sql.covered_buildings, sql.buildings));
  await then.shows(desk, 'coverage-method', /自定义半径，不是标准值/);
  const names = await then.rows<{ name: string }>(
    `select distinct c.name from building b join community c on c.id = b.community_id where b.subdistrict_code = '310115007'`,
  );
  await then.shows(desk, 'row-count', `${names.length} / ${names.length} 行`);
  await desk.get('coverage-history').getByTestId('coverage-item').first().waitFor();
});

test('a radius that makes no sense is refused with a sentence', async () => {
  const desk = await given.planner({ mode: 'coverage' });
  await desk.get('coverage-radius').fill('99999');
  await desk.get('coverage-run').click();
  await desk.page.getByRole('alert').getByText('距离应大于 0 且不超过 20000 米').waitFor();
});
