import { afterAll, beforeEach, expect, inject, test } from 'vitest';
import { count } from '../src/language/format';
import { ask, type Desk, DISTRICT, given, laoshan, then, when } from './driver';

const near = { ...laoshan, zoom: 15 };
const path = `/districts/${DISTRICT}`;
/** Of sites and proposed facilities on the light map. */
const planned = [123, 47, 190] as const;
const DAYCARE = 'elder_daycare';

interface Site {
  location: [number, number];
  households: number;
}
interface Siting {
  state: string;
  answer: {
    sites: Site[];
    value: number;
    bound: number;
    proven: boolean;
    before_households: number;
    after_households: number;
    curve: { n: number; households: number; bound: number }[];
  };
}
interface Proposed {
  code: string;
  version: number;
  location: [number, number];
}

/** What one test leaves is no concern of the next, nor of other files. */
const clean = async () => {
  const { keeper } = inject('service');
  const left = await then.rows<{ scenario: string; code: string; version: number }>(
    'select s.code as scenario, p.code, p.version from proposed_facility p join scenario s on s.id = p.scenario_id',
  );
  for (const p of left)
    await ask(keeper, 'DELETE', `${path}/scenarios/${p.scenario}/facilities/${p.code}`, {
      version: p.version,
    });
};
beforeEach(clean);
afterAll(clean);

/** Households within 300 m of a facility of the type or of one of the places, by plain SQL. */
const reached = async (places: readonly (readonly number[])[]) =>
  (
    await then.row<{ n: number }>(
      `with home as (
         select b.households, b.point from building b
         union all
         select c.households, c.location from community c
         where c.location is not null and not exists (select from building b where b.community_id = c.id)),
       place as (
         select geom from facility where facility_type = '${DAYCARE}'
         union all
         select ST_SetSRID(ST_Point((p->>0)::float, (p->>1)::float), 4490) from json_array_elements(:'places'::json) p)
       select coalesce(sum(h.households), 0)::int as n from home h
       where exists (select from place p where ST_Distance(p.geom::geography, h.point::geography) <= 300)`,
      { places: JSON.stringify(places) },
    )
  ).n;

const form = async (desk: Desk) => {
  await desk.get(`facility-type-${DAYCARE}`).click();
};
const ended = (desk: Desk) =>
  expect
    .poll(() => desk.get('siting-view').getAttribute('data-state'), { timeout: 60_000 })
    .toMatch(/^(done|cancelled)$/);
async function shown(desk: Desk & { who: { cookie: string } }): Promise<Siting> {
  // The address follows a moment after the panel.
  const id = () => new URL(desk.page.url()).searchParams.get('siting');
  await expect.poll(id).toMatch(/^[0-9a-f-]{36}$/);
  return (await ask<Siting>(desk.who.cookie, 'GET', `${path}/sitings/${id()}`)).body;
}
const proposed = () =>
  then.rows<Proposed>(
    'select code, version, json_build_array(ST_X(geom), ST_Y(geom)) as location from proposed_facility order by id',
  );

test('the best sites among stock are found with a proof, become proposed facilities, and are taken back', async () => {
  const desk = await given.planner({
    mode: 'coverage',
    place: { ...near, zoom: 14 },
    query: { tab: 'sites' },
  });
  await form(desk);
  await desk.get('siting-n').fill('2');
  await desk.get('siting-curve-to').fill('6');
  await desk.get('siting-ask').click();
  await ended(desk);
  await then.shows(desk, 'siting-proof', '已证明最优');
  await then.shows(desk, 'siting-how', /直线半径.*≤ 300 m.*GB 50180/);

  // The figures are those of plain SQL, and no less than what was there before.
  const { answer } = await shown(desk);
  expect(answer.sites).toHaveLength(2);
  const before = await reached([]);
  const after = await reached(answer.sites.map((s) => s.location));
  expect(after).toBeGreaterThan(before);
  await then.shows(desk, 'siting-households', `${count(before)} → ${count(after)}`);
  await then.shows(desk, 'siting-value', count(after));
  expect(answer.bound).toBeCloseTo(answer.value, 6);

  // The curve rises, and goes through the answer.
  const covered = answer.curve.map((p) => p.households);
  expect(covered).toEqual(covered.toSorted((a, b) => a - b));
  expect(answer.curve.find((p) => p.n === 2)?.households).toBeCloseTo(after, 6);
  await then.shows(desk, 'siting-curve-said', new RegExp(`^2 处：${count(after)} 户`));
  await then.paints(desk, planned, 40, 24);
  expect(await then.seriousFaults(desk)).toEqual([]);
  expect(await then.overflows(desk)).toEqual([]);

  await desk.get('siting-accept').click();
  await expect.poll(() => desk.get('proposed').count(), { timeout: 45_000 }).toBe(2);
  const made = await proposed();
  for (const [i, p] of made.entries())
    for (const axis of [0, 1] as const)
      expect(p.location[axis]).toBeCloseTo(answer.sites[i]?.location[axis] ?? 0, 6);
  await then.sees(desk, 'site-accepted');
  await desk.page.keyboard.press('Control+z');
  await expect.poll(async () => (await proposed()).length, { timeout: 45_000 }).toBe(0);
  await desk.page.keyboard.press('Control+Shift+z');
  await expect.poll(async () => (await proposed()).length, { timeout: 45_000 }).toBe(2);

  // They stand on the map of the zones, too, until the layer is switched off.
  const [first] = answer.sites;
  await when.open(desk, 'zones', { lng: first?.location[0] ?? 0, lat: first?.location[1] ?? 0, zoom: 16 });
  await then.paints(desk, planned, 20, 24);
  await desk.get('layers').click();
  await desk.get('layer-proposed').uncheck();
  await then.paintsNot(desk, planned, 4, 24);

  await when.open(desk, 'coverage', near, { tab: 'sites' });
  await desk.get('proposed-withdraw').first().click();
  await expect.poll(() => desk.get('proposed').count(), { timeout: 45_000 }).toBe(1);
  expect(await proposed()).toHaveLength(1);
});

test('fewest sites for all cover all that can be covered, and fewer sites do not', async () => {
  const desk = await given.planner({ mode: 'coverage', place: near, query: { tab: 'sites' } });
  await form(desk);
  await desk.get('siting-model-lscp').check();
  await then.misses(desk, 'siting-n');
  await when.choose(desk, 'coverage-area', 'subdistrict');
  await when.choose(desk, 'coverage-subdistrict', '310115007');
  await desk.get('siting-ask').click();
  await ended(desk);
  const { answer } = await shown(desk);
  await then.shows(desk, 'siting-value', `${answer.sites.length} 处`);
  expect(answer.proven).toBe(true);
  // With one site less the curve leaves somebody out.
  const all = answer.after_households;
  const less = answer.curve.find((p) => p.n === answer.sites.length - 1);
  if (less) expect(less.bound).toBeLessThan(all);

  // Another number is asked for from the curve. The address follows a moment after the panel.
  const asked = () => new URL(desk.page.url()).searchParams.get('siting');
  const before = asked();
  await desk.get('siting-curve-range').focus();
  await desk.page.keyboard.press('Home');
  await desk.page.keyboard.press('ArrowRight');
  await desk.get('siting-curve-ask').click();
  await then.shows(desk, 'siting-view', /覆盖户数最多/);
  await expect.poll(asked, { timeout: 45_000 }).not.toBe(before);
  await ended(desk);
  expect((await shown(desk)).answer.sites).toHaveLength(1);
});

test('places of one’s own are candidates, and not where no site may be', async () => {
  const desk = await given.planner({ mode: 'coverage', place: near, query: { tab: 'sites' } });
  await form(desk);
  await desk.get('siting-places-stock').uncheck();
  await desk.get('siting-places-points').check();
  await desk.get('siting-ask').click();
  await desk.page.getByRole('alert').getByText('请先在地图上标点').waitFor();
  await desk.get('siting-place').click();
  const west: [number, number] = [laoshan.lng - 0.003, laoshan.lat];
  const east: [number, number] = [laoshan.lng + 0.003, laoshan.lat];
  await when.clicksAt(desk, west, near);
  await when.clicksAt(desk, east, near);
  await expect.poll(() => desk.get('siting-point').count()).toBe(2);
  await desk.page.keyboard.press('Escape');

  await desk.get('siting-more').click();
  await desk.get('siting-exclude').click();
  await when.clickCorners(
    desk,
    [
      [west[0] - 0.001, west[1] - 0.001],
      [west[0] + 0.001, west[1] - 0.001],
      [west[0], west[1] + 0.0015],
    ],
    near,
  );
  await desk.page.keyboard.press('Enter');
  await then.sees(desk, 'siting-excluded');
  await desk.get('siting-n').fill('1');
  await desk.get('siting-ask').click();
  await ended(desk);
  const { answer } = await shown(desk);
  expect(answer.sites[0]?.location[0]).toBeCloseTo(east[0], 3);
  expect(answer.after_households).toBe(await reached([answer.sites[0]?.location ?? [0, 0]]));

  // Asking again begins with what was asked.
  await desk.get('siting-again').click();
  await then.shows(desk, 'siting-points', '已标 2 点');
  expect(await desk.get('siting-n').inputValue()).toBe('1');
});

test('what somebody else withdrew is said, and a viewer asks for nothing', async () => {
  const { keeper } = inject('service');
  const scenarios = await ask<{ items: { code: string; main: boolean }[] }>(
    keeper,
    'GET',
    `${path}/scenarios`,
  );
  const list = `${path}/scenarios/${scenarios.body.items.find((s) => s.main)?.code}/facilities`;
  const made = await ask<Proposed>(keeper, 'POST', list, {
    body: { facility_type: DAYCARE, name: '某处', location: [laoshan.lng, laoshan.lat], capacity: 30 },
  });
  const desk = await given.planner({ mode: 'coverage', place: near, query: { tab: 'sites' } });
  desk.allow(/404/);
  await then.shows(desk, 'proposed', /某处.*容量 30/);
  // Word of the withdrawal has not come yet when the person clicks.
  const { body: old } = await ask<{ items: Proposed[] }>(keeper, 'GET', list);
  await desk.page.route('**/scenarios/*/facilities', (route) => route.fulfill({ json: old }));
  await ask(keeper, 'DELETE', `${list}/${made.body.code}`, { version: made.body.version });
  await desk.get('proposed-withdraw').click();
  await then.shows(desk, 'toast', /“某处”已被他人撤回/);
  await desk.page.unroute('**/scenarios/*/facilities');
  await desk.page.reload();
  await then.shows(desk, 'proposed-list', /还没有拟建设施/);

  const viewer = await given.viewer({ mode: 'coverage', place: near, query: { tab: 'sites' } });
  await expect.poll(() => viewer.get('siting-ask').getAttribute('aria-disabled')).toBe('true');
});
