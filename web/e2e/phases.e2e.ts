import { beforeEach, describe, expect, inject, test } from 'vitest';
import { ask, type Desk, DISTRICT, given, LARGE, laoshan, type Position, then } from './driver';

const corners = (west: number, south: number, east: number, north: number): Position[] => [
  [west, north],
  [east, north],
  [east, south],
  [west, south],
];
const grounds = {
  西片: corners(121.5118, 31.2366, 121.5145, 31.2396),
  东片: corners(121.5145, 31.2366, 121.5172, 31.2396),
  南片: corners(121.5118, 31.2335, 121.5172, 31.2366),
};
type Name = keyof typeof grounds;
const names = Object.keys(grounds) as Name[];
interface Zone {
  code: string;
  name: string;
  /** Estimated cost in 万元. */
  wan: number;
}

interface Plan {
  revision: number;
  zones: { code: string; name: string; year: number | null; locked: boolean; cost_yuan: number }[];
}
const WAN = 10_000;
const path = async (cookie: string) => {
  const all = await ask<{ items: { code: string; main: boolean; version: number; rules: object }[] }>(
    cookie,
    'GET',
    `/districts/${DISTRICT}/scenarios`,
  );
  const main = all.body.items.find((s) => s.main);
  if (!main) throw new Error('no main scenario');
  return { ...main, at: `/districts/${DISTRICT}/scenarios/${main.code}` };
};
const planOf = async (cookie: string) =>
  (await ask<Plan>(cookie, 'GET', `${(await path(cookie)).at}/schedule`)).body;

/** Three zones that cost 1 万元 a household; nobody has saved settings. */
async function threeZones(cookie: string) {
  const main = await path(cookie);
  await ask(cookie, 'PATCH', main.at, {
    version: main.version,
    body: { rules: { ...main.rules, cost: { per_household_yuan: WAN, per_floor_area_yuan: 0 } } },
  });
  for (const name of names) await given.zone(cookie, name, grounds[name]);
  const [cheap, middle, dear] = (await planOf(cookie)).zones
    .map((z): Zone => ({ code: z.code, name: z.name, wan: z.cost_yuan / WAN }))
    .toSorted((a, b) => a.wan - b.wan);
  if (!cheap?.wan || !middle || !dear || cheap.wan === middle.wan || middle.wan === dear.wan)
    throw new Error('three zones with different numbers of households are needed');
  return { cheap, middle, dear };
}
type Zones = Awaited<ReturnType<typeof threeZones>>;

/** Saved settings: 2026 has money for the cheapest zone alone, 2027 for the others. Every zone may begin in 2026. */
async function budgets(cookie: string, zones: Zones) {
  const settings = {
    years: [
      { year: 2026, budget_yuan: (zones.cheap.wan + 1) * WAN },
      { year: 2027, budget_yuan: (zones.middle.wan + zones.dear.wan + 1) * WAN },
      { year: 2028 },
    ],
    discount_rate: 0.05,
    consent_above: 0.5,
    unready_from: 2026,
  };
  await putSettings(cookie, settings);
}
async function putSettings(cookie: string, body: object) {
  const at = `${(await path(cookie)).at}/phasing`;
  const { version } = (await ask<{ version: number }>(cookie, 'GET', at)).body;
  await ask(cookie, 'PUT', at, { version, body });
}
async function setYears(cookie: string, years: Record<string, number | null>, locked = false) {
  const { revision } = await planOf(cookie);
  await ask(cookie, 'PATCH', `${(await path(cookie)).at}/years`, {
    body: { revision, zones: Object.entries(years).map(([code, year]) => ({ code, year, locked })) },
  });
}

const column = (desk: Desk, zone: { code: string }) =>
  desk.page.evaluate(
    (code) =>
      document
        .querySelector(`[data-testid="phase-card"][data-code="${code}"]`)
        ?.closest('section')
        ?.getAttribute('data-testid')
        ?.replace('phase-column-', '') ?? '',
    zone.code,
  );
const card = (desk: Desk, zone: { code: string }) => desk.page.locator(`[data-card="${zone.code}"]`);
/** Drags a card to another column with the mouse. */
async function drag(desk: Desk, zone: { code: string }, to: number | 'none'): Promise<void> {
  const from = await card(desk, zone).boundingBox();
  const there = await desk.get(`phase-column-${to}`).boundingBox();
  if (!from || !there) throw new Error('nothing to drag');
  await desk.page.mouse.move(from.x + 30, from.y + 12);
  await desk.page.mouse.down();
  await desk.page.mouse.move(there.x + there.width / 2, there.y + there.height - 20, { steps: 8 });
  await desk.page.mouse.up();
}
/** The saved years of the cheapest zone, the middle and the dearest. */
const savedYears = async ({ cheap, middle, dear }: Zones) => {
  const rows = await then.rows<{ code: string; year: number | null }>('select code, year from zone');
  return [cheap, middle, dear].map((z) => rows.find((r) => r.code === z.code)?.year);
};

beforeEach(async () => {
  await given.noZones();
  const { keeper } = inject('service');
  const main = await path(keeper);
  await ask(keeper, 'PATCH', main.at, {
    version: main.version,
    body: { rules: { ...main.rules, cost: { per_household_yuan: 0, per_floor_area_yuan: 0 } } },
  });
});

const planner = (query: Record<string, string> = {}, size?: typeof LARGE) =>
  given.planner({
    mode: 'program',
    place: { ...laoshan, zoom: 15.2 },
    query: { ptab: 'years', ...query },
    size,
  });

test('without zones it says where they come from', async () => {
  const desk = await planner();
  await then.shows(desk, 'panel-program', /还没有片区.*去划定片区/);
});

describe('settings', () => {
  test('are typed in 万元, judged before they are saved, and saved', async () => {
    const { keeper } = inject('service');
    const zones = await threeZones(keeper);
    await setYears(keeper, { [zones.cheap.code]: 2026 });
    const desk = await planner();
    await desk.get('phases-year-0').fill('2026');
    await desk.get('phases-year-1').fill('2027');
    await desk.get('phases-year-2').fill('2028');
    await desk.get('phases-budget-0').fill(String(zones.cheap.wan - 5));
    await then.shows(desk, 'phases-fault', /2026年超出预算5\.00万元/);
    await desk.get('phases-communities-1').fill('三');
    await then.shows(desk, 'phases-settings-fault', '小区数应为整数');
    await desk.get('phases-communities-1').fill('2');
    await desk.get('phases-area-1').fill('1.5');
    await then.shows(desk, 'phases-faults', /2027 年目标还差 2 个小区.*2027 年目标还差 1\.50 万m²/);
    await desk.get('phases-save').click();
    await then.shows(desk, 'toast', /已保存排期设置/);
    const { settings } = await then.row<{ settings: { years: object[] } }>('select settings from phasing');
    expect(settings.years).toEqual([
      { year: 2026, budget_yuan: (zones.cheap.wan - 5) * WAN },
      { year: 2027, min_communities: 2, min_floor_area_m2: 15_000 },
      { year: 2028 },
    ]);
  });

  test('ask the policy for targets and say so when it sets none', async () => {
    const desk = await planner();
    await desk.get('phases-from-policy').click();
    await then.shows(desk, 'phases-settings', /实施方案没有给出 \d{4}–\d{4} 年的数量目标/);
  });

  test('of two people who change them the second sees both and chooses', async () => {
    const desk = await planner();
    const colleague = await given.account('planner');
    await threeZones(colleague.cookie);
    desk.allow(/412/);
    await desk.get('phases-budget-0').fill('100');
    await putSettings(colleague.cookie, { years: [{ year: 2026, budget_yuan: 7 * WAN }] });
    await desk.get('phases-save').click();
    await then.shows(desk, 'phases-conflict', new RegExp(`${colleague.name}.*100 / — / —.*7 / — / —`));
    await desk.get('conflict-mine').click();
    await then.misses(desk, 'phases-conflict');
    const { settings } = await then.row<{ settings: { years: { budget_yuan: number }[] } }>(
      'select settings from phasing',
    );
    expect(settings.years[0]?.budget_yuan).toBe(100 * WAN);
  });
});

describe('a trial', () => {
  test('proposed, dragged until it breaks, taken over and taken back', async () => {
    const { keeper } = inject('service');
    const zones = await threeZones(keeper);
    await budgets(keeper, zones);
    const desk = await planner();
    await then.shows(desk, 'phase-column-none', new RegExp(zones.cheap.name));
    await desk.get('phases-propose').click();
    await then.shows(desk, 'phases-proven', '已证明最优');
    await then.shows(desk, 'phases-holds', /全部满足/);
    await expect.poll(() => column(desk, zones.cheap)).toBe('2026');
    await expect.poll(() => column(desk, zones.middle)).toBe('2027');
    await expect.poll(() => column(desk, zones.dear)).toBe('2027');
    expect(await savedYears(zones)).toEqual([null, null, null]);

    await drag(desk, zones.dear, 2026);
    await expect.poll(() => column(desk, zones.dear)).toBe('2026');
    const over = (zones.dear.wan - 1).toFixed(2);
    await then.shows(desk, 'phase-breaks', new RegExp(`2026年超出预算${over}万元`));
    await then.shows(desk, 'phases-fault', new RegExp(`2026年超出预算${over}万元.*新`));
    await then.shows(desk, 'phase-column-2026', /超 /);
    await then.sees(desk, 'phases-departed');
    expect(await then.overflows(desk)).toEqual([]);
    expect(await then.seriousFaults(desk)).toEqual([]);

    // The keyboard moves it on; nothing is broken any more.
    await card(desk, zones.dear).focus();
    await desk.page.keyboard.press('ArrowRight');
    await desk.page.keyboard.press('ArrowRight');
    await expect.poll(() => column(desk, zones.dear)).toBe('2028');
    await then.shows(desk, 'phase-breaks', '');
    expect(await desk.page.evaluate(() => document.activeElement?.getAttribute('data-card'))).toBe(
      zones.dear.code,
    );
    // Steps of a trial are taken back one by one.
    await desk.page.keyboard.press('Control+z');
    await expect.poll(() => column(desk, zones.dear)).toBe('2027');
    await desk.page.keyboard.press('Control+Shift+z');
    await expect.poll(() => column(desk, zones.dear)).toBe('2028');

    await desk.get('phase-apply').click();
    await then.shows(desk, 'toast', /已采用：3 个片区/);
    await expect.poll(() => savedYears(zones)).toEqual([2026, 2027, 2028]);
    await then.misses(desk, 'phase-trial');
    await desk.get('undo').click();
    await expect.poll(() => savedYears(zones)).toEqual([null, null, null]);
    await expect.poll(() => column(desk, zones.dear)).toBe('none');
    await desk.get('redo').click();
    await expect.poll(() => savedYears(zones)).toEqual([2026, 2027, 2028]);
  });

  test('a lock holds against the proposal; leaving it is named', async () => {
    const { keeper } = inject('service');
    const zones = await threeZones(keeper);
    await budgets(keeper, zones);
    const desk = await planner();
    await drag(desk, zones.cheap, 2028);
    await desk.get(`phase-lock-${zones.cheap.code}`).click();
    await desk.get('phases-propose').click();
    await then.sees(desk, 'phases-proof');
    await expect.poll(() => column(desk, zones.cheap)).toBe('2028');
    await desk.get('phase-apply').click();
    await expect.poll(async () => (await savedYears(zones))[0]).toBe(2028);
    await expect
      .poll(async () => (await planOf(keeper)).zones.find((z) => z.code === zones.cheap.code)?.locked)
      .toBe(true);
    await then.misses(desk, 'phase-trial');

    await drag(desk, zones.cheap, 2026);
    await then.shows(
      desk,
      'phase-breaks',
      new RegExp(`“${zones.cheap.name}”：该片区锁定在2028年，现安排在2026年`),
    );
    await desk.get('phase-discard').click();
    await then.misses(desk, 'phase-trial');
    await expect.poll(() => column(desk, zones.cheap)).toBe('2028');
    // A drag that ends nowhere, or with Escape, moves nothing.
    const from = await card(desk, zones.cheap).boundingBox();
    if (!from) throw new Error('no card');
    await desk.page.mouse.move(from.x + 30, from.y + 12);
    await desk.page.mouse.down();
    const there = await desk.get('phase-column-2026').boundingBox();
    await desk.page.mouse.move((there?.x ?? 0) + 40, (there?.y ?? 0) + 120, { steps: 6 });
    await desk.page.keyboard.press('Escape');
    await desk.page.mouse.up();
    await expect.poll(() => column(desk, zones.cheap)).toBe('2028');
  });

  test('of another person’s change in between the trial is judged anew', async () => {
    const { keeper } = inject('service');
    const zones = await threeZones(keeper);
    await budgets(keeper, zones);
    const desk = await planner();
    await drag(desk, zones.dear, 2026);
    await then.misses(desk, 'phases-holds');
    await setYears(keeper, { [zones.cheap.code]: 2026 });
    await then.shows(desk, 'phase-breaks', /2026年超出预算/);
    await expect.poll(() => column(desk, zones.dear)).toBe('2026');
  });

  test('is not for those who only look', async () => {
    const { keeper } = inject('service');
    const zones = await threeZones(keeper);
    await setYears(keeper, { [zones.cheap.code]: 2026 });
    const desk = await given.viewer({ mode: 'program', place: laoshan, query: { ptab: 'years' } });
    await then.shows(desk, 'phase-column-2026', new RegExp(zones.cheap.name));
    await expect.poll(() => desk.get('phases-propose').getAttribute('aria-disabled')).toBe('true');
    await drag(desk, zones.cheap, 'none');
    await expect.poll(() => column(desk, zones.cheap)).toBe('2026');
    expect(await desk.get('phase-apply').count()).toBe(0);
  });
});

describe('the map, year by year', () => {
  // The first, middle and last colour of three years in the light theme over the pale ground.
  const purple = [68, 1, 84] as const;

  test('goes with slider, address and trial', async () => {
    const { keeper } = inject('service');
    const zones = await threeZones(keeper);
    await budgets(keeper, zones);
    await setYears(keeper, { [zones.cheap.code]: 2026, [zones.middle.code]: 2027, [zones.dear.code]: 2028 });
    const desk = await planner({ year: '2027' }, LARGE);
    await then.shows(desk, 'year-figures', /2027.*累计 2 片/);
    await then.shows(desk, 'legend', /2026（已完成）.*2027（当年）.*以后与未安排/);
    const range = desk.get('year-range');
    await expect.poll(() => range.getAttribute('aria-valuetext')).toBe('2027');
    await range.focus();
    await desk.page.keyboard.press('ArrowLeft');
    await then.shows(desk, 'year-figures', /2026.*累计 1 片/);
    await expect.poll(() => new URL(desk.page.url()).searchParams.get('year')).toBe('2026');
    await then.paints(desk, mixed(purple, 0.74), 400, 26);
    // What is tried is what is seen.
    await drag(desk, zones.cheap, 2028);
    await then.paintsNot(desk, mixed(purple, 0.74), 40, 26);
    await desk.get('phase-discard').click();
    await then.paints(desk, mixed(purple, 0.74), 400, 26);

    await desk.page.keyboard.press('Home');
    await desk.get('year-play').click();
    await expect.poll(() => range.getAttribute('aria-valuetext')).toBe('2028');
    await then.shows(desk, 'year-figures', /累计 3 片/);
    await desk.get('mode-zones').click();
    await then.misses(desk, 'year-slider');
  });
  const mixed = (c: readonly [number, number, number], opacity: number): [number, number, number] => [
    Math.round(c[0] * opacity + 240 * (1 - opacity)),
    Math.round(c[1] * opacity + 240 * (1 - opacity)),
    Math.round(c[2] * opacity + 238 * (1 - opacity)),
  ];
});
