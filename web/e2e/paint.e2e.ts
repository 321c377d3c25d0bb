import { beforeEach, expect, test } from 'vitest';
import { ask, DISTRICT, GRID, given, laoshan, type Position, then, when } from './driver';

const west: Position[] = [
  [121.5118, 31.2396],
  [121.5145, 31.2396],
  [121.5145, 31.2366],
  [121.5118, 31.2366],
];
const block: Position[] = [
  [121.5118, 31.2396],
  [121.5172, 31.2396],
  [121.5172, 31.2366],
  [121.5118, 31.2366],
];
let made = 0;
const newName = () => `涂绘片区 ${process.pid}-${++made}`;

beforeEach(given.noZones);

test('communities are painted in and out, totals follow, and the way back goes over several edits', async () => {
  const name = newName();
  const planner = await given.account('planner');
  const { code } = await given.zone(planner.cookie, name, west);
  const desk = await given.planner({ mode: 'zones', place: laoshan, query: { select: `zone:${code}` } });
  await then.shows(desk, 'inspector-title', name);
  const before = await members(code);
  await when.takesTool(desk, 'b');
  await then.shows(desk, 'total-communities', String(before.length));
  const place = await then.settled(desk);
  const inside = await spotOf('崂山二村');
  const outside = await spotOf(before[0] ?? '');
  expect(before).not.toContain('崂山二村');
  await when.drags(desk, [inside, [inside[0] + 0.0001, inside[1]], [inside[0] + 0.0002, inside[1]]], place);
  await then.shows(desk, 'painted-in', /崂山二村/);
  await when.drags(
    desk,
    [outside, [outside[0] + 0.0001, outside[1]], [outside[0] + 0.0002, outside[1]]],
    place,
    'right',
  );
  await then.shows(desk, 'painted-out', new RegExp(before[0] ?? ''));
  await then.shows(desk, 'total-communities', String(before.length));
  const wanted = [...before.filter((m) => m !== before[0]), '崂山二村'].sort();

  // Inside the painting undo goes stroke by stroke.
  await desk.page.keyboard.press('Control+z');
  await then.misses(desk, 'painted-out');
  await desk.page.keyboard.press('Control+Shift+z');
  await then.sees(desk, 'painted-out');
  await desk.page.keyboard.press('Enter');
  await then.shows(desk, 'inspector-title', name);
  await expect.poll(() => members(code)).toEqual(wanted);

  await desk.get('zone-rename').click();
  await desk.get('zone-rename-input').fill(`${name} 改`);
  await desk.page.keyboard.press('Enter');
  await then.shows(desk, 'inspector-title', `${name} 改`);
  await desk.get('undo').click();
  await then.shows(desk, 'inspector-title', name);
  await desk.get('undo').click();
  await expect.poll(() => members(code)).toEqual(before.sort());
  await desk.get('redo').click();
  await expect.poll(() => members(code)).toEqual(wanted);
  await desk.get('redo').click();
  await then.shows(desk, 'inspector-title', `${name} 改`);
});

test('a new zone is painted by clicks and takes communities from the zone that held them', async () => {
  const [old, fresh] = [newName(), newName()];
  const desk = await given.planner({ mode: 'zones', place: laoshan });
  const { code } = await given.zone(desk.who.cookie, old, block);
  await desk.get('zone-item').filter({ hasText: old }).waitFor();
  const before = await members(code);
  const [one = '', two = ''] = before;
  await desk.get('paint-zone').click();
  await then.sees(desk, 'brush-radius');
  const place = await then.settled(desk);
  for (const community of [one, two]) await when.clicksAt(desk, await spotOf(community), place);
  await then.shows(desk, 'painted-in', /涂入 2/);
  await when.clicksAt(desk, await spotOf(two), place);
  await then.shows(desk, 'painted-in', /涂入 1/);
  await desk.page.keyboard.press('Enter');
  await desk.get('zone-name').fill(fresh);
  await desk.page.keyboard.press('Enter');
  await then.shows(desk, 'inspector-title', fresh);
  expect(await members(await then.selectedZone(desk))).toEqual([one]);
});

test('of two who change the same zone the painter, too, sees both versions and chooses', async () => {
  const name = newName();
  const first = await given.account('planner');
  const { code, version } = await given.zone(first.cookie, name, west);
  const desk = await given.planner({ mode: 'zones', place: laoshan, query: { select: `zone:${code}` } });
  desk.allow(/412/);
  await then.shows(desk, 'inspector-title', name);
  await when.takesTool(desk, 'b');
  await then.shows(desk, 'changes', /还没有改动/);
  const place = await then.settled(desk);
  await when.clicksAt(desk, await spotOf('崂山二村'), place);
  await then.shows(desk, 'painted-in', /崂山二村/);
  await ask(first.cookie, 'PUT', `/districts/${DISTRICT}/zones/${code}`, {
    version,
    body: {
      name: `${name} 甲`,
      note: '',
      geometry: { type: 'MultiPolygon', coordinates: [[[...west, west[0]]]] },
    },
  });
  await desk.get('paint-save').click();
  await then.sees(desk, 'conflict-dialog');
  await then.shows(desk, 'conflict-dialog', /涂入：崂山二村/);
  expect(await members(code)).not.toContain('崂山二村');
  await desk.get('conflict-mine').click();
  await then.misses(desk, 'conflict-dialog');
  await expect.poll(() => members(code)).toContain('崂山二村');
  expect(await nameOf(code)).toBe(`${name} 甲`);
});

test('with 3,000 communities on the screen a frame of the brush costs our own code less than 8 ms', {
  timeout: 300_000,
}, async () => {
  const corner: Position = [121.4823, 31.2497];
  await given.grid(corner, 60, 50);
  try {
    const place = { lng: corner[0] + 30 * GRID[0], lat: corner[1] - 25 * GRID[1], zoom: 14 };
    // The links of so many are worked out first, which no planner's machine does.
    await given.gridKnown();
    const desk = await given.planner({ mode: 'zones', place });
    await desk.get('paint-zone').click();
    await expect
      .poll(() => desk.page.evaluate(() => window.lianpianBrush?.communities ?? 0), { timeout: 30_000 })
      .toBeGreaterThanOrEqual(3000);
    for (let i = 0; i < 6; i++) await desk.page.keyboard.press(']');
    const line = (y: number): Position[] =>
      Array.from({ length: 15 }, (_, x) => [corner[0] + x * 4 * GRID[0], corner[1] - y * GRID[1]]);
    // The same way in and out again: each part of it costs our code what it does in the best
    // of the strokes; the rest is what draws the map beside, in software on the same two cores.
    let best: number[] = [];
    let within = false;
    for (const button of ['left', 'right', 'left', 'right', 'left', 'right', 'left', 'right'] as const) {
      await desk.page.evaluate(() => window.lianpianBrush?.frames.splice(0));
      await when.drags(desk, line(20), place, button);
      const frames = await desk.page.evaluate(() => window.lianpianBrush?.frames ?? []);
      expect(frames.length).toBeGreaterThan(10);
      expect(frames.reduce((n, f) => n + f.changed, 0)).toBeGreaterThan(200);
      const costs = frames.map((f) => f.milliseconds);
      // A stroke may have a frame more or less than the first: it is laid along the same way.
      const along = (i: number) => costs[Math.round((i / (best.length - 1)) * (costs.length - 1))] ?? 0;
      best = best.length ? best.map((b, i) => Math.min(b, along(i))) : costs;
      const slowed = await given.slowed(desk.page.context());
      within = share(best, 0.95) < 8 * slowed;
      console.log(
        `brush, 3,000 communities, ${frames.length} frames: median ${share(costs, 0.5).toFixed(1)} ms, 95 % ${share(costs, 0.95).toFixed(1)} ms, most ${share(costs, 1).toFixed(1)} ms; best of the strokes so far: 95 % ${share(best, 0.95).toFixed(1)} ms; the machine takes ${slowed.toFixed(2)} times as long as when it is quiet`,
      );
      if (within) break;
    }
    expect(within).toBe(true);
  } finally {
    await given.noGrid();
  }
});

/** What a share of the costs is not above. */
function share(costs: readonly number[], part: number): number {
  const sorted = [...costs].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}
const nameOf = async (code: string) =>
  (await then.row<{ name: string }>(`select name from zone where code = :'zone'`, { zone: code })).name;
const members = async (code: string) =>
  (
    await then.rows<{ name: string }>(
      `select c.name from zone z join zone_community m on m.zone_id = z.id join community c on c.id = m.community_id
       where z.code = :'zone'`,
      { zone: code },
    )
  )
    .map((c) => c.name)
    .sort();

/** A place inside a community. */
async function spotOf(name: string): Promise<Position> {
  const { lng, lat } = await then.row<{ lng: number; lat: number }>(
    `select ST_X(location) as lng, ST_Y(location) as lat from community where name = :'name'`,
    { name },
  );
  return [lng, lat];
}
