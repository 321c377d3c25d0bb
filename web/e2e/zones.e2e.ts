import { beforeEach, expect, test } from 'vitest';
import { count, floorArea, landArea, percent } from '../src/language/format';
import { ask, type Desk, DISTRICT, given, laoshan, type Position, type Totals, then, when } from './driver';

const block: Position[] = [
  [121.5118, 31.2396],
  [121.5172, 31.2396],
  [121.5172, 31.2366],
  [121.5118, 31.2366],
];
const bowTie: Position[] = [
  [121.5118, 31.2396],
  [121.5172, 31.2366],
  [121.5172, 31.2396],
  [121.5118, 31.2366],
];
let made = 0;
const newName = () => `测试片区 ${process.pid}-${++made}`;

beforeEach(given.noZones);

test('live totals follow the pointer, and the saved zone holds what SQL counts', async () => {
  const name = newName();
  const desk = await given.planner({ mode: 'zones', place: laoshan });
  const answers: number[] = [];
  desk.page.on('requestfinished', (r) => {
    if (r.url().endsWith('/zones/measure')) answers.push(r.timing().responseEnd);
  });
  await when.startPolygon(desk);
  await when.clickCorners(desk, block.slice(0, 2), laoshan);

  // The card beside the pointer counts the triangle that the pointer would make.
  for (const at of [
    [121.5145, 31.2366],
    [121.5172, 31.2352],
    [121.5145, 31.2366],
  ] as const) {
    const pixel = await when.pixelOf(desk, [...at], laoshan);
    await desk.page.mouse.move(pixel.x, pixel.y, { steps: 4 });
    const triangle = [...block.slice(0, 2), [...at] as Position];
    const { body } = await given.measured(desk.who.cookie, triangle);
    await expect.poll(() => liveBuildings(desk)).toBe(body.buildings);
    expect(body.buildings).toBeGreaterThan(0);
  }

  await when.clickCorners(desk, block.slice(2), laoshan);
  await desk.page.keyboard.press('Enter');
  expect(await desk.get('zone-name').evaluate((e) => e === document.activeElement)).toBe(true);
  await desk.get('zone-name').fill(name);
  await desk.page.keyboard.press('Enter');
  const code = await then.selectedZone(desk);
  await then.shows(desk, 'inspector-title', name);
  const sql = await then.totalsOf(code);
  await showsTotals(desk, sql);
  expect(sql.communities).toBeGreaterThan(2);

  const members = await then.rows<{ name: string }>(
    `select c.name from zone z join zone_community m on m.zone_id = z.id join community c on c.id = m.community_id where z.code = :'zone'`,
    { zone: code },
  );
  const listed = async () =>
    (await desk.get('zone-member').allInnerTexts()).map((l) => l.split('\n')[0]).sort();
  await expect.poll(listed).toEqual(members.map((m) => m.name).sort());
  await then.paints(desk, [196, 21, 95], 60, 30);
  console.log(`measuring while drawing: ${answers.length} answers, median ${Math.round(median(answers))} ms`);
});

test('a drawing whose outline crosses itself is refused with a clear message', async () => {
  const desk = await given.planner({ mode: 'zones', place: laoshan });
  await when.startPolygon(desk);
  await when.clickCorners(desk, bowTie, laoshan);
  await desk.page.keyboard.press('Enter');
  await desk.get('zone-name').fill(newName());
  await desk.get('zone-save').click();
  const alerts = desk.page.getByRole('alert');
  await alerts.first().waitFor();
  expect(new Set(await alerts.allTextContents())).toEqual(
    new Set(['边界自相交（红圈处），请调整顶点后再保存']),
  );
  await then.shows(desk, 'total-households', '—');
  expect(
    (await then.row<{ n: number }>(`select count(*) as n from zone where name like '测试片区%'`)).n,
  ).toBe(0);

  await ask(desk.who.cookie, 'POST', `/districts/${DISTRICT}/zones`, {
    body: {
      name: 'x',
      note: '',
      geometry: { type: 'MultiPolygon', coordinates: [[[...bowTie, bowTie[0]]]] },
    },
    status: 422,
  });
});

test('Esc drops the open ring first and then asks before it leaves', async () => {
  const desk = await given.planner({ mode: 'zones', place: laoshan });
  await when.startPolygon(desk);
  await when.clickCorners(desk, block.slice(0, 3), laoshan);
  await desk.page.keyboard.press('Escape');
  await then.misses(desk, 'live-card');
  await then.sees(desk, 'zone-save');
  await desk.page.keyboard.press('Escape');
  await then.sees(desk, 'discard-dialog');
  await desk.get('discard').click();
  await then.sees(desk, 'draw-polygon');
  expect((await then.row<{ n: number }>('select count(*) as n from zone')).n).toBe(0);
});

test('while drawing, undo and redo go point by point', async () => {
  const desk = await given.planner({ mode: 'zones', place: laoshan });
  await when.startPolygon(desk);
  await when.clickCorners(desk, block, laoshan);
  await desk.page.keyboard.press('Enter');
  const { body } = await given.measured(desk.who.cookie, block);
  const whole = landArea(body.area_m2, 'zh').replace(/\.\d+/, ''); // corners lie on whole pixels
  const area = async () => (await text(desk, 'total-area')).replace(/\.\d+/, '');
  await expect.poll(area).toBe(whole);
  await desk.get('undo').click(); // the ring is open again
  await desk.get('undo').click(); // and has a corner less
  await expect.poll(area).not.toBe(whole);
  await desk.get('redo').click();
  await desk.get('redo').click();
  await expect.poll(area).toBe(whole);
});

test('a zone is renamed, its outline is edited at a vertex, and both can be undone and redone', async () => {
  const name = newName();
  const planner = await given.account('planner');
  const { code } = await given.zone(planner.cookie, name, block);
  const desk = await given.planner({ mode: 'zones', place: laoshan, query: { select: `zone:${code}` } });
  await then.shows(desk, 'inspector-title', name);
  const before = await stored(code);

  await desk.get('zone-rename').click();
  await desk.get('zone-rename-input').fill(`${name} 改`);
  await desk.page.keyboard.press('Enter');
  await then.shows(desk, 'inspector-title', `${name} 改`);

  await desk.get('zone-edit').click();
  await then.sees(desk, 'tool-edit');
  await desk.get('snapping').uncheck();
  const from = await when.pixelOf(desk, [121.5172, 31.2366], laoshan);
  const to = await when.pixelOf(desk, [121.516, 31.2375], laoshan);
  await desk.page.mouse.move(from.x, from.y, { steps: 3 });
  await desk.page.mouse.down();
  await desk.page.mouse.move(to.x, to.y, { steps: 6 });
  await desk.page.mouse.up();
  await desk.get('zone-save').click();
  await then.shows(desk, 'inspector-title', `${name} 改`);
  await expect.poll(async () => (await stored(code)).area).toBeLessThan(before.area * 0.99);
  const edited = await stored(code);
  expect(edited.version).toBe(before.version + 2);
  expect(await distance(code, [121.516, 31.2375])).toBeLessThan(3);
  await showsTotals(desk, await then.totalsOf(code));

  await desk.get('undo').click();
  await expect.poll(async () => (await stored(code)).area).toBeCloseTo(before.area, 0);
  await desk.get('undo').click();
  await expect.poll(async () => (await stored(code)).name).toBe(name);
  await then.shows(desk, 'inspector-title', name);
  await desk.get('redo').click();
  await desk.get('redo').click();
  await expect.poll(async () => (await stored(code)).area).toBeCloseTo(edited.area, 0);
  await showsTotals(desk, await then.totalsOf(code));
});

test('a zone is deleted after a question, and undo brings it back', async () => {
  const name = newName();
  const desk = await given.planner({ mode: 'zones', place: laoshan });
  const { code } = await given.zone(desk.who.cookie, name, block);
  await desk.get('zone-item').filter({ hasText: name }).click();
  await then.shows(desk, 'inspector-title', name);
  await desk.get('zone-delete').click();
  await then.sees(desk, 'delete-dialog');
  await desk.get('delete-confirm').click();
  await then.misses(desk, 'inspector');
  await expect.poll(() => zonesNamed(name)).toEqual([]);

  await desk.get('undo').click();
  await expect.poll(async () => (await zonesNamed(name)).length).toBe(1);
  await desk.get('zone-item').filter({ hasText: name }).waitFor();
  expect(await zonesNamed(name)).toEqual([code]);
});

test('of two people who save the same zone the second sees both versions and chooses', async () => {
  const name = newName();
  const first = await given.planner({ mode: 'zones', place: laoshan });
  const { code, version } = await given.zone(first.who.cookie, name, block);
  const second = await given.planner({ mode: 'zones', place: laoshan, query: { select: `zone:${code}` } });
  second.allow(/412/);
  await second.get('zone-edit').click();
  await second.get('zone-name').fill(`${name} 乙`);
  await moveCorner(second);

  await ask(first.who.cookie, 'PUT', `/districts/${DISTRICT}/zones/${code}`, {
    version,
    body: {
      name: `${name} 甲`,
      note: '',
      geometry: { type: 'MultiPolygon', coordinates: [[[...block, block[0]]]] },
    },
  });
  await second.get('zone-save').click();
  await then.sees(second, 'conflict-dialog');
  const dialog = second.get('conflict-dialog');
  await then.shows(second, 'conflict-dialog', new RegExp(first.who.name));
  for (const text of [`${name} 甲`, `${name} 乙`]) await dialog.getByText(text, { exact: true }).waitFor();
  await expect.poll(() => dialog.getByRole('img').count()).toBe(2);
  expect((await stored(code)).name).toBe(`${name} 甲`);

  await second.get('conflict-mine').click();
  await then.misses(second, 'conflict-dialog');
  await expect.poll(async () => (await stored(code)).name).toBe(`${name} 乙`);
  expect((await stored(code)).version).toBe(version + 2);
});

test('after an edit commits, the next tile shows it, and other people see it without a reload', async () => {
  const name = newName();
  const desk = await given.planner({ mode: 'zones', place: laoshan });
  const keeper = await given.account('planner');
  const tile = `/districts/${DISTRICT}/tiles/zones/14/${tileAt(14)}.mvt`;
  const read = () => given.tile(keeper.cookie, tile);
  expect((await read()).includes(name)).toBe(false);
  const bare = await then.painted(desk, [196, 21, 95], 30);
  const { code, version } = await given.zone(keeper.cookie, name, block);
  expect((await read()).includes(name)).toBe(true);
  await desk.get('zone-item').filter({ hasText: name }).waitFor();
  await then.paints(desk, [196, 21, 95], bare + 100, 30);

  await ask(keeper.cookie, 'DELETE', `/districts/${DISTRICT}/zones/${code}`, { version });
  expect((await read()).includes(name)).toBe(false);
  await desk.get('zone-item').filter({ hasText: name }).waitFor({ state: 'detached' });
  await then.paintsNot(desk, [196, 21, 95], bare, 30);
});

// ---- what this file asks again and again

const text = async (desk: Desk, testId: string) => (await desk.get(testId).textContent()) ?? '';

async function liveBuildings(desk: Desk): Promise<number> {
  const card = await desk
    .get('live-card')
    .innerText({ timeout: 2000 })
    .catch(() => '');
  return Number(/楼栋\s*([\d,]+)/.exec(card)?.[1]?.replaceAll(',', '') ?? Number.NaN);
}

async function showsTotals(desk: Desk, sql: Totals): Promise<void> {
  await then.shows(desk, 'total-area', landArea(sql.area_m2, 'zh'));
  await then.shows(desk, 'total-communities', count(sql.communities));
  await then.shows(desk, 'total-buildings', count(sql.buildings));
  await then.shows(desk, 'total-households', count(sql.households));
  await then.shows(desk, 'total-floor', floorArea(sql.floor_area_m2, 'zh'));
  await then.shows(desk, 'total-eligible', percent(sql.eligible_share));
}

const stored = (code: string) =>
  then.row<{ name: string; version: number; area: number }>(
    `select name, version, area_m2 as area from zone where code = :'zone'`,
    { zone: code },
  );
const zonesNamed = async (name: string) =>
  (await then.rows<{ code: string }>(`select code from zone where name = :'name'`, { name })).map(
    (z) => z.code,
  );

/** Metres from a position to the nearest corner of the zone. */
const distance = async (code: string, [lng, lat]: Position) =>
  (
    await then.row<{ m: number }>(
      `select min(ST_Distance(d.geom::geography, ST_SetSRID(ST_Point(:lng, :lat), 4490)::geography)) as m
       from zone z, ST_DumpPoints(z.geom) d where z.code = :'zone'`,
      { zone: code, lng, lat },
    )
  ).m;

async function moveCorner(desk: Desk): Promise<void> {
  await desk.get('snapping').uncheck();
  const from = await when.pixelOf(desk, [121.5172, 31.2396], laoshan);
  await desk.page.mouse.move(from.x, from.y, { steps: 3 });
  await desk.page.mouse.down();
  await desk.page.mouse.move(from.x - 60, from.y + 20, { steps: 6 });
  await desk.page.mouse.up();
}

/** "x/y" of the tile in which the block lies. */
function tileAt(zoom: number): string {
  const [lng, lat] = [121.5145, 31.2381];
  const n = 2 ** zoom;
  const y = (1 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / Math.PI) / 2;
  return `${Math.floor(((lng + 180) / 360) * n)}/${Math.floor(y * n)}`;
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
