import { expect, test } from 'vitest';
import { ask, type Desk, DISTRICT, given, laoshan, then, when } from './driver';

const place = { ...laoshan, zoom: 15 };
const CLINIC = 'health_station';

interface Run {
  id: string;
  method: string;
  limit: { metres?: number; minutes?: number };
  summary: Record<
    'households' | 'covered_households' | 'spared_households' | 'unreached_households' | 'cut_off_households',
    number
  >;
}
interface Home {
  code: string;
  households: number;
  location: [number, number] | null;
}

/** A run that somebody made earlier. */
const run = async (cookie: string, body: Record<string, unknown>) =>
  (
    await ask<Run>(cookie, 'POST', `/districts/${DISTRICT}/coverage/runs`, {
      body: { facility_type: CLINIC, ...body },
    })
  ).body;
const walked = (cookie: string, metres = 300) => run(cookie, { method: 'walk', limit: { metres } });
/** The homes of a run with a status, the most households first. */
const homes = async (cookie: string, id: string, status: string) =>
  (
    await ask<{ items: Home[] }>(
      cookie,
      'GET',
      `/districts/${DISTRICT}/coverage/runs/${id}/buildings?status=${status}&limit=50`,
    )
  ).body.items;
interface Proposed {
  code: string;
  scenario: string;
  facility_type: string;
  version: number;
}
/** The proposed facilities of the main scenario. */
async function proposed(cookie: string): Promise<Proposed[]> {
  const { body } = await ask<{ items: { code: string; main: boolean }[] }>(
    cookie,
    'GET',
    `/districts/${DISTRICT}/scenarios`,
  );
  const main = body.items.find((s) => s.main)?.code;
  const list = `/districts/${DISTRICT}/scenarios/${main}/facilities`;
  return (await ask<{ items: Proposed[] }>(cookie, 'GET', list)).body.items;
}
const withdrawn = (cookie: string, { scenario, code, version }: Proposed) =>
  ask(cookie, 'DELETE', `/districts/${DISTRICT}/scenarios/${scenario}/facilities/${code}`, { version });
const number = async (desk: Desk, testId: string) =>
  Number(((await desk.get(testId).textContent()) ?? '').replace(/[^\d]/g, ''));

test('a walk is asked for with its walker, and is said over every figure of it', async () => {
  const desk = await given.planner({ mode: 'coverage', place });
  await desk.get(`facility-type-${CLINIC}`).click();
  await desk.get('coverage-method-walk').click();
  await then.shows(desk, 'method-about', /沿步行路网的距离.*个节点/);
  // The demo district has no heights: slopes are refused, with the reason.
  await then.shows(desk, 'no-elevation', /没有高程数据/);
  await expect.poll(() => desk.get('coverage-method-walk_slope').getAttribute('aria-disabled')).toBe('true');
  await desk.get('coverage-walker-frail').click();
  await desk.get('coverage-run').click();
  await then.shows(desk, 'run-title', /步行 ≤ 300 m.*0.75 m\/s/);
  await then.shows(desk, 'coverage-method', /GB 50180.*沿步行路网的距离.*个节点/);
  const shown = () => new URL(desk.page.url()).searchParams.get('run') ?? '';
  await expect.poll(shown).not.toBe('');
  const id = shown();
  const { summary } = (await ask<Run>(desk.who.cookie, 'GET', `/districts/${DISTRICT}/coverage/runs/${id}`))
    .body;
  // The parts of the whole add up: what the list shows is what the service counted.
  const said = await desk.get('coverage-summary').locator('[data-testid^="status-"]').allTextContents();
  const sum = said.reduce(
    (n, text) => n + Number((/([\d,]+) 户/.exec(text)?.[1] ?? '0').replaceAll(',', '')),
    0,
  );
  expect(Math.abs(sum - summary.households)).toBeLessThanOrEqual(said.length);
  expect(summary.covered_households).toBeGreaterThan(0);
  await desk.get('status-covered').click();
  await then.sees(desk, 'building-item');
});

test('a building is proven by its walk, on the map and in words; Escape takes it off', async () => {
  const desk = await given.planner({ mode: 'coverage', place });
  const made = await walked(desk.who.cookie);
  const [far] = await homes(desk.who.cookie, made.id, 'uncovered');
  const [near] = await homes(desk.who.cookie, made.id, 'covered');
  if (!far || !near) throw new Error('the run has covered and uncovered homes');
  await when.open(desk, 'coverage', place, { run: made.id, select: `building:${far.code}` });
  await then.sees(desk, 'proof-sentence');
  await then.shows(desk, 'proof-beyond', /超出上限/);
  await then.shows(desk, 'walk', /长度.*时间.*阶梯.*过街.*两端接入/);
  await when.open(desk, 'coverage', place, { run: made.id, select: `building:${near.code}` });
  await then.sees(desk, 'walk');
  await then.misses(desk, 'proof-beyond');
  await desk.get('legend').getByRole('button').first().click();
  await then.shows(desk, 'legend-proof', /步行证明/);
  await desk.page.keyboard.press('Escape');
  await then.misses(desk, 'proof');
  await then.misses(desk, 'legend-proof');
});

test('a click on a coloured building asks for its proof', async () => {
  const desk = await given.planner({ mode: 'coverage', place });
  const made = await walked(desk.who.cookie);
  const [home] = (await homes(desk.who.cookie, made.id, 'covered')).filter((b) => b.location);
  if (!home?.location) throw new Error('a covered home has a place');
  const close = { lng: home.location[0], lat: home.location[1], zoom: 18 };
  await when.open(desk, 'coverage', close, { run: made.id });
  await then.sees(desk, 'run-title');
  await then.paints(desk, [42, 127, 184], 100, 30);
  await when.clicksAt(desk, home.location, close);
  await then.sees(desk, 'proof-sentence');
  expect(then.selection(desk)).toMatch(/^building:/);
});

test('gaps are ranked by households and offer what the policy has against them', async () => {
  const desk = await given.planner({ mode: 'coverage', place });
  const made = await walked(desk.who.cookie);
  const { body: gaps } = await ask<{ items: { rank: number; households: number }[] }>(
    desk.who.cookie,
    'GET',
    `/districts/${DISTRICT}/coverage/runs/${made.id}/gaps`,
  );
  expect(gaps.items.length).toBeGreaterThan(1);
  await when.open(desk, 'coverage', place, { run: made.id, aspect: 'gaps' });
  await then.shows(desk, 'gaps-sum', new RegExp(`^${gaps.items.length} 处盲区`));
  await then.shows(desk, 'gap', new RegExp(`^1${gaps.items[0]?.households.toLocaleString('en-US')} 户`));
  const before = then.placeOf(desk);
  await desk.get('gap').first().getByRole('button').first().click();
  await expect.poll(() => then.placeOf(desk)).not.toEqual(before);
});

test('isochrones show the ground within the limits', async () => {
  const desk = await given.planner({ mode: 'coverage', place });
  const made = await walked(desk.who.cookie);
  await when.open(desk, 'coverage', place, { run: made.id, aspect: 'reach' });
  await then.shows(desk, 'reach-list', /≤ 300 m.*(公顷|km²)/);
  await desk.get('reach-1000').click();
  await then.shows(desk, 'reach-list', /≤ 300 m.*≤ 1.0 km/);
});

test('two runs are compared: what is gained, and what is not the same', async () => {
  const desk = await given.planner({ mode: 'coverage', place });
  const earlier = await walked(desk.who.cookie, 200);
  const later = await walked(desk.who.cookie, 500);
  await when.open(desk, 'coverage', place, { run: later.id, aspect: 'compare' });
  await when.choose(desk, 'compare-with', earlier.id);
  await then.sees(desk, 'comparison');
  expect(await number(desk, 'gained')).toBe(
    later.summary.covered_households - earlier.summary.covered_households,
  );
  expect(await number(desk, 'lost')).toBe(0);
  await then.shows(desk, 'differences', /./);
  await expect.poll(() => new URL(desk.page.url()).searchParams.get('earlier')).toBe(earlier.id);
  // Whoever opens the address sees the same comparison.
  await desk.page.reload();
  await then.sees(desk, 'comparison');
});

test('an added facility gains households at once, and is kept as a proposed one', async () => {
  const desk = await given.planner({ mode: 'coverage', place });
  const made = await walked(desk.who.cookie);
  const [far] = (await homes(desk.who.cookie, made.id, 'uncovered')).filter((b) => b.location);
  if (!far?.location) throw new Error('an uncovered home has a place');
  const [lng, lat] = far.location;
  const here = { lng, lat, zoom: 16 };
  await when.open(desk, 'coverage', here, { run: made.id });
  await desk.get('coverage-try').click();
  await then.shows(desk, 'trial-share', /→/);
  await then.shows(desk, 'trial-gained', '+0');

  await desk.get('trial-add').click();
  await when.clicksAt(desk, far.location, here);
  await expect.poll(() => number(desk, 'trial-gained'), { timeout: 45_000 }).toBeGreaterThan(0);
  await then.shows(desk, 'trial-took', /毫秒/);

  // The keyboard does the same: another place, by its coordinates.
  await desk.get('trial-take-back').click();
  await then.shows(desk, 'trial-gained', '+0');
  await desk.get('trial-add-at').fill(`${lng.toFixed(6)}, ${lat.toFixed(6)}`);
  await desk.page.keyboard.press('Enter');
  await expect.poll(() => number(desk, 'trial-gained'), { timeout: 45_000 }).toBeGreaterThan(0);

  await desk.get('trial-keep').click();
  await then.shows(desk, 'trial-keep', '已存为拟建设施');
  const kept = await proposed(desk.who.cookie);
  expect(kept.map((p) => p.facility_type)).toEqual([CLINIC]);
  for (const p of kept) await withdrawn(desk.who.cookie, p);
});

test('a facility that is dragged takes its coverage along; one that is closed loses it', async () => {
  const desk = await given.planner({ mode: 'coverage', place });
  const made = await walked(desk.who.cookie);
  const [served] = (await homes(desk.who.cookie, made.id, 'covered')).filter((b) => b.location);
  const [facility] = await then.rows<{ lng: number; lat: number }>(
    `select ST_X(f.geom) as lng, ST_Y(f.geom) as lat from facility f, building b
     where f.facility_type = :'type' and b.code = :'code' order by f.geom <-> b.point limit 1`,
    { type: CLINIC, code: served?.code ?? '' },
  );
  if (!facility) throw new Error('a facility serves the home');
  const here = { lng: Number(facility.lng), lat: Number(facility.lat), zoom: 15 };
  await when.open(desk, 'coverage', here, { run: made.id, tab: 'trial' });
  await then.shows(desk, 'trial-share', /→/);
  await then.stands(desk);
  const from = await when.pixelOf(desk, [here.lng, here.lat], here);
  await desk.page.mouse.move(from.x, from.y);
  await desk.page.mouse.down();
  await desk.page.mouse.move(from.x + 60, from.y + 60, { steps: 6 });
  await desk.page.mouse.move(from.x + 120, from.y + 120, { steps: 6 });
  await desk.page.mouse.up();
  await then.shows(desk, 'trial-change', /移动/);
  await then.shows(desk, 'trial-took', /毫秒/);
  await desk.get('trial-close').click();
  await then.shows(desk, 'trial-change', /关闭/);
  await expect.poll(() => number(desk, 'trial-lost'), { timeout: 45_000 }).toBeGreaterThan(0);
  await desk.get('trial-reset').click();
  await then.shows(desk, 'trial-lost', '−0');
  await then.misses(desk, 'trial-changes');
});

test('a what-if that the service has forgotten begins again without a word', async () => {
  const desk = await given.planner({ mode: 'coverage', place });
  const made = await walked(desk.who.cookie);
  const [far] = (await homes(desk.who.cookie, made.id, 'uncovered')).filter((b) => b.location);
  const begun = desk.page.waitForResponse(/\/trials$/);
  await when.open(desk, 'coverage', place, { run: made.id, tab: 'trial' });
  const { id } = (await (await begun).json()) as { id: string };
  await then.shows(desk, 'trial-share', /→/);
  await ask(desk.who.cookie, 'DELETE', `/districts/${DISTRICT}/coverage/trials/${id}`);
  desk.allow(/404/);
  await desk.get('trial-add-at').fill(far?.location?.join(', ') ?? '');
  await desk.page.keyboard.press('Enter');
  await expect.poll(() => number(desk, 'trial-gained'), { timeout: 45_000 }).toBeGreaterThan(0);
  expect(await desk.page.getByRole('alert').count()).toBe(0);
});

test('a drawn footpath says what it gains, or that it joins nothing', async () => {
  const desk = await given.planner({ mode: 'coverage', place });
  const made = await walked(desk.who.cookie);
  await when.open(desk, 'coverage', place, { run: made.id, tab: 'trial' });
  await then.shows(desk, 'trial-share', /→/);
  await desk.get('trial-footpath').click();
  await when.clickCorners(
    desk,
    [
      [laoshan.lng - 0.002, laoshan.lat + 0.001],
      [laoshan.lng + 0.002, laoshan.lat - 0.001],
    ],
    place,
  );
  await desk.page.keyboard.press('Enter');
  await then.shows(desk, 'trial-path', /步道 1.*(\+[\d,]+ 户)/);
  // Escape lets go of a path that is not wanted after all, point by point and then as a whole.
  await desk.get('trial-bridge').click();
  await when.clickCorners(desk, [[laoshan.lng, laoshan.lat]], place);
  await desk.page.keyboard.press('Escape');
  await desk.page.keyboard.press('Escape');
  await then.misses(desk, 'path-finish');
  await expect.poll(() => desk.get('trial-path').count()).toBe(1);
});

test('homes of drawn ground are asked for alone', async () => {
  const desk = await given.planner({ mode: 'coverage', place });
  await desk.get(`facility-type-${CLINIC}`).click();
  await when.choose(desk, 'coverage-area', 'polygon');
  const { lng, lat } = laoshan;
  await when.clickCorners(
    desk,
    [
      [lng - 0.003, lat - 0.002],
      [lng + 0.003, lat - 0.002],
      [lng + 0.003, lat + 0.002],
      [lng - 0.003, lat + 0.002],
    ],
    place,
  );
  await desk.page.keyboard.press('Enter');
  await then.sees(desk, 'area-draw');
  await desk.get('coverage-run').click();
  await then.shows(desk, 'run-title', /自绘范围/);
  const inside = await then.row<{ n: number }>(
    `select count(*) as n from building where ST_Intersects(point,
       ST_MakeEnvelope(:west, :south, :east, :north, 4490))`,
    { west: lng - 0.003, south: lat - 0.002, east: lng + 0.003, north: lat + 0.002 },
  );
  const said = Number(/\/ ([\d,]+)/.exec((await desk.get('covered-buildings').textContent()) ?? '')?.[1]);
  // Corners are clicked to the pixel: a home on the edge may fall to either side.
  expect(Math.abs(said - Number(inside.n))).toBeLessThanOrEqual(3);
});

test('who may only look sees runs and their proofs, but asks for nothing', async () => {
  const desk = await given.viewer({ mode: 'coverage', place });
  const planner = await given.account('planner', []);
  const made = await walked(planner.cookie);
  const [home] = await homes(planner.cookie, made.id, 'covered');
  await when.open(desk, 'coverage', place, { run: made.id, select: `building:${home?.code}` });
  await then.sees(desk, 'proof-sentence');
  await desk.get('coverage-tab-trial').click();
  await desk.page.getByText('您的角色不能试算').waitFor();
  await desk.get('coverage-tab-runs').click();
  await desk.get('clear-run').click();
  await expect.poll(() => desk.get('coverage-run').getAttribute('aria-disabled')).toBe('true');
});

test('nothing of a run overflows or is out of reach of a keyboard or a screen reader', async () => {
  const desk = await given.planner({ mode: 'coverage', place });
  const made = await walked(desk.who.cookie);
  const [home] = await homes(desk.who.cookie, made.id, 'uncovered');
  const seen = { figures: 'coverage-summary', parts: 'part', gaps: 'gap', reach: 'reach-list' } as const;
  for (const [aspect, testId] of Object.entries(seen)) {
    await when.open(desk, 'coverage', place, { run: made.id, aspect, select: `building:${home?.code}` });
    await then.sees(desk, testId);
    await then.sees(desk, 'proof-sentence');
    expect(await then.overflows(desk)).toEqual([]);
    expect(await then.seriousFaults(desk)).toEqual([]);
  }
  await when.open(desk, 'coverage', place, { run: made.id, tab: 'trial' });
  await then.sees(desk, 'trial-share');
  expect(await then.overflows(desk)).toEqual([]);
  expect(await then.seriousFaults(desk)).toEqual([]);
});

const HEIGHTS = 'elevation:N31E121';
/** Steep ground under the demo district, as a file of the space shuttle's mission has it: 3″ apart, row by row from the north. */
function hills(): Buffer {
  const side = 1201;
  const file = Buffer.alloc(side * side * 2);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      file.writeInt16BE(Math.round(80 + 60 * Math.sin(x / 3) * Math.sin(y / 4)), 2 * (y * side + x));
  return file;
}

test('where heights are known, slopes count, and there and back are two walks', async () => {
  const desk = await given.planner({ mode: 'coverage', place });
  const keeper = await given.account('administrator', []);
  const form = new FormData();
  form.set('layer', 'elevation');
  form.set('file', new Blob([new Uint8Array(hills())]), 'N31E121.hgt');
  const sent = await fetch(`${new URL(desk.page.url()).origin}/api/v1/districts/${DISTRICT}/imports`, {
    method: 'POST',
    headers: { Cookie: keeper.cookie },
    body: form,
  });
  expect(sent.ok).toBe(true);
  const network = () =>
    ask<{ elevation: boolean }>(keeper.cookie, 'GET', `/districts/${DISTRICT}/network`).then(
      (answer) => answer.body.elevation,
    );
  await expect.poll(network, { timeout: 60_000, interval: 500 }).toBe(true);
  try {
    await desk.page.reload();
    await desk.get(`facility-type-${CLINIC}`).click();
    await desk.get('coverage-method-walk_slope').click();
    await desk.get('coverage-run').click();
    await then.shows(desk, 'run-title', /步行（坡度） ≤ 5 分钟/);
    await expect.poll(() => new URL(desk.page.url()).searchParams.get('run')).toBeTruthy();
    const id = new URL(desk.page.url()).searchParams.get('run') ?? '';
    const [far] = await homes(desk.who.cookie, id, 'uncovered');
    await when.open(desk, 'coverage', place, { run: id, select: `building:${far?.code}` });
    await then.shows(desk, 'proof-beyond', /超出上限 [\d.]+ 分钟/);
    await then.shows(desk, 'walk', /去程.*↑ [1-9]\d* m/);
    await expect.poll(() => desk.get('walk').count()).toBeGreaterThan(1);
  } finally {
    await ask(keeper.cookie, 'DELETE', `/districts/${DISTRICT}/elevations/${encodeURIComponent(HEIGHTS)}`);
  }
});
