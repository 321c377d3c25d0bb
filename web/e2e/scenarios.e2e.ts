import { beforeEach, describe, expect, inject, test } from 'vitest';
import { ask, type Desk, DISTRICT, given, LARGE, laoshan, type Position, SMALL, then, when } from './driver';

const corners = (west: number, south: number, east: number, north: number): Position[] => [
  [west, north],
  [east, north],
  [east, south],
  [west, south],
];
const west = corners(121.5118, 31.2366, 121.5145, 31.2396);
const east = corners(121.5145, 31.2366, 121.5172, 31.2396);
const whole = corners(121.5118, 31.2366, 121.5172, 31.2396);
const shape = (c: readonly Position[]) => ({ type: 'MultiPolygon', coordinates: [[[...c, c[0]]]] });

interface Scenario {
  code: string;
  name: string;
  main: boolean;
  version: number;
  revision: number;
  zones: number;
  rules: { max_gap_m: number; barriers: Record<string, string> };
}
interface Edit {
  revision: number;
}
const path = `/districts/${DISTRICT}/scenarios`;
const scenarios = async (cookie: string) =>
  (await ask<{ items: Scenario[] }>(cookie, 'GET', path)).body.items;
const named = async (cookie: string, name: string): Promise<Scenario> => {
  const found = (await scenarios(cookie)).find((s) => s.name === name);
  if (!found) throw new Error(`no scenario ${name}`);
  return found;
};
const copyOfMain = async (cookie: string, name: string): Promise<Scenario> => {
  const main = (await scenarios(cookie)).find((s) => s.main);
  return (await ask<Scenario>(cookie, 'POST', path, { body: { name, note: '', copy_of: main?.code } })).body;
};
const zonesOf = async (cookie: string, scenario: string) =>
  (
    await ask<{ items: { code: string; name: string; version: number }[] }>(
      cookie,
      'GET',
      `/districts/${DISTRICT}/zones?scenario=${scenario}`,
    )
  ).body.items;

let made = 0;
const newName = (what: string) => `${what} ${process.pid}-${++made}`;

/** Only the main scenario is left, without zones. */
beforeEach(async () => {
  const { keeper } = inject('service');
  for (const s of await scenarios(keeper))
    if (!s.main) await ask(keeper, 'DELETE', `${path}/${s.code}`, { version: s.version });
  await given.noZones();
});

const planner = (query: Record<string, string> = {}, size?: typeof LARGE) =>
  given.planner({ mode: 'zones', place: laoshan, query, size });
const address = (desk: Desk) => new URL(desk.page.url()).searchParams;
const zoneNames = (desk: Desk) =>
  desk
    .get('zone-item')
    .evaluateAll((items) => items.map((i) => i.querySelector('span')?.firstChild?.textContent ?? ''));

describe('a scenario', () => {
  test('is copied, named, worked on and leaves the main one alone', async () => {
    const desk = await planner();
    const first = newName('西片');
    await given.zone(desk.who.cookie, first, west);
    await then.shows(desk, 'scenario-switch', /现行方案/);
    await expect.poll(() => zoneNames(desk)).toEqual([first]);

    await desk.get('scenario-switch').click();
    await desk.get('scenario-manage').click();
    await desk.get('scenario-copy').click();
    await expect.poll(() => desk.get('scenario-name').inputValue()).toBe('现行方案（副本）');
    const name = newName('备选');
    await desk.get('scenario-name').fill(name);
    await desk.get('rules-gap').fill('220');
    await desk.get('rules-river-never').click();
    await desk.get('scenario-save').click();
    await expect
      .poll(async () => (await named(desk.who.cookie, name)).rules, { timeout: 45_000 })
      .toMatchObject({ max_gap_m: 220, barriers: { river: 'never', railway: 'at_crossing' } });
    await desk.get('scenario-open').click();
    await then.shows(desk, 'scenario-switch', new RegExp(name));
    const copy = await named(desk.who.cookie, name);
    expect(address(desk).get('scenario')).toBe(copy.code);
    await expect.poll(() => zoneNames(desk)).toEqual([first]);

    const drawn = newName('东片');
    await when.drawZone(desk, drawn, east, laoshan);
    await expect
      .poll(() => zoneNames(desk))
      .toEqual([drawn, first].toSorted((a, b) => a.localeCompare(b, 'zh-CN')));
    const main = (await scenarios(desk.who.cookie)).find((s) => s.main);
    expect((await zonesOf(desk.who.cookie, main?.code ?? '')).map((z) => z.name)).toEqual([first]);

    // The browser's own way back leads to the scenario before.
    await desk.get('scenario-switch').click();
    await desk.get(`scenario-${main?.code}`).click();
    await expect.poll(() => zoneNames(desk)).toEqual([first]);
    expect(address(desk).get('scenario')).toBeNull();
    await desk.page.goBack();
    await expect.poll(() => zoneNames(desk)).toHaveLength(2);
  });

  test('refuses rules that make no sense, and becomes the main one or goes', async () => {
    const desk = await planner();
    const name = newName('甲方案');
    const other = await copyOfMain(desk.who.cookie, name);
    await desk.get('scenario-switch').click();
    await desk.get('scenario-manage').click();
    await desk.page.locator(`[data-testid="scenario-item"][data-code="${other.code}"]`).click();
    await desk.get('rules-gap').fill('很近');
    await desk.get('scenario-save').click();
    await then.shows(desk, 'scenario-form', /间距应为 0 到 2000 米/);
    await desk.get('rules-gap').fill('150');

    await desk.get('scenario-main').click();
    await expect.poll(async () => (await named(desk.who.cookie, name)).main).toBe(true);
    // The person stays where they were, which has a name in the address now.
    await expect.poll(() => address(desk).get('scenario')).not.toBeNull();
    await desk.page.locator('[data-testid="scenario-item"]', { hasText: '现行方案' }).click();
    await desk.get('scenario-main').click();
    await expect.poll(async () => (await named(desk.who.cookie, '现行方案')).main).toBe(true);

    await desk.page.locator(`[data-testid="scenario-item"][data-code="${other.code}"]`).click();
    await desk.get('scenario-delete').click();
    await desk.get('scenario-delete-confirm').click();
    await expect
      .poll(async () => (await scenarios(desk.who.cookie)).map((s) => s.name))
      .toEqual(['现行方案']);
  });

  test('of two people who change it the second sees both versions and chooses', async () => {
    const desk = await planner();
    const name = newName('乙方案');
    const s = await copyOfMain(desk.who.cookie, name);
    const colleague = await given.account('planner');
    desk.allow(/412/);
    await desk.get('scenario-switch').click();
    await desk.get('scenario-manage').click();
    await desk.page.locator(`[data-testid="scenario-item"][data-code="${s.code}"]`).click();
    await desk.get('scenario-note').fill('我的说明');
    await ask(colleague.cookie, 'PATCH', `${path}/${s.code}`, {
      version: s.version,
      body: { note: '同事的说明' },
    });
    await expect.poll(async () => (await named(desk.who.cookie, name)).version).toBe(s.version + 1);
    await desk.get('scenario-save').click();
    await then.shows(desk, 'scenario-conflict', new RegExp(`${colleague.name}.*我的说明.*同事的说明`));
    await desk.get('conflict-mine').click();
    await then.misses(desk, 'scenario-conflict');
    const [row] = await then.rows<{ note: string }>(`select note from scenario where code = :'code'`, {
      code: s.code,
    });
    expect(row?.note).toBe('我的说明');
  });
});

describe('two scenarios', () => {
  /** Main: one zone in the west. Other: one over the whole block, and none in the west. */
  async function two(cookie: string) {
    const name = newName('对比方案');
    const zone = newName('西片');
    await given.zone(cookie, zone, west);
    const other = await copyOfMain(cookie, name);
    const [copied] = await zonesOf(cookie, other.code);
    if (!copied) throw new Error('the copy has no zone');
    await ask(cookie, 'PUT', `/districts/${DISTRICT}/zones/${copied.code}`, {
      version: copied.version,
      body: { name: zone, note: '', geometry: shape(whole) },
    });
    return { other: await named(cookie, name), zone, copied: copied.code };
  }

  test('lie side by side under a divider, and differ in the table', async () => {
    const { cookie } = await given.account('planner');
    const { other } = await two(cookie);
    const desk = await planner({ against: other.code });
    await then.sees(desk, 'compare-divider');
    await then.stands(desk);

    const divider = desk.get('compare-divider');
    await expect.poll(() => divider.getAttribute('aria-valuenow')).toBe('50');
    await divider.focus();
    for (const [key, value] of [
      ['End', '100'],
      ['PageDown', '90'],
      ['ArrowLeft', '88'],
      ['Home', '0'],
    ] as const) {
      await desk.page.keyboard.press(key);
      await expect.poll(() => divider.getAttribute('aria-valuenow')).toBe(value);
    }
    // All of the other scenario, then all of this one: its zone, and so the outline on the map, is smaller.
    const pink = [214, 0, 108] as const;
    await then.stands(desk);
    const there = await then.painted(desk, pink, 60);
    await desk.page.keyboard.press('End');
    await then.stands(desk);
    const here = await then.painted(desk, pink, 60);
    expect(here).toBeGreaterThan(100);
    expect(there).toBeGreaterThan(1.15 * here);
    await desk.page.keyboard.press('Home');

    // The pointer meets what was painted last.
    await then.stands(desk);
    const box = await desk.get('map').boundingBox();
    if (!box) throw new Error('no map');
    await desk.page.mouse.move(box.x + 10, box.y + box.height / 2);
    await desk.page.mouse.down();
    await desk.page.mouse.move(box.x + box.width * 0.25, box.y + box.height / 2, { steps: 5 });
    await desk.page.mouse.up();
    await expect.poll(async () => Number(await divider.getAttribute('aria-valuenow'))).toBe(25);

    await then.shows(desk, 'pair-change', '有变化');
    await desk.get('compare-tab-moved').click();
    const moved = await then.rows<{ code: string }>(
      `select c.code from zone_community zc join community c on c.id = zc.community_id
         join zone z on z.id = zc.zone_id join scenario s on s.id = z.scenario_id
       where s.code = :'other' and c.id not in (
         select zc.community_id from zone_community zc join zone z on z.id = zc.zone_id
           join scenario s on s.id = z.scenario_id where s.main)`,
      { other: other.code },
    );
    expect(moved.length).toBeGreaterThan(0);
    await then.shows(desk, 'row-count', `${moved.length} / ${moved.length} 行`);
    const codes = await desk
      .get('grid-row')
      .evaluateAll((r) => r.map((e) => e.getAttribute('data-code') ?? ''));
    expect(codes.toSorted()).toEqual(moved.map((m) => m.code).toSorted());
    // A click on a row leads the map, and with it the other map, to the community.
    await desk.get('grid-row').first().click();
    await expect.poll(() => then.selection(desk)).toBe(`community:${codes[0]}`);

    await desk.get('compare-tab-totals').click();
    await then.shows(desk, 'figure-communities', new RegExp(`\\+${moved.length}$`));
    await desk.get('compare-end').click();
    await then.misses(desk, 'compare-divider');
    expect(address(desk).get('against')).toBeNull();
  });

  test('give each other zones, which can be taken back', async () => {
    const { cookie } = await given.account('planner');
    const { other, copied } = await two(cookie);
    const desk = await planner({ against: other.code });
    const members = () =>
      then.row<{ n: number }>(
        `select count(*) as n from zone_community zc join zone z on z.id = zc.zone_id
           join scenario s on s.id = z.scenario_id where s.main`,
      );
    const before = await members();
    await desk.get(`tick-${copied}`).check();
    await desk.get('compare-take').click();
    await desk.get('take-confirm').click();
    await then.misses(desk, 'take-dialog');
    const { n } = await then.row<{ n: number }>(
      `select count(*) as n from zone_community zc join zone z on z.id = zc.zone_id
         join scenario s on s.id = z.scenario_id where s.code = :'other'`,
      { other: other.code },
    );
    await expect.poll(members).toEqual({ n });
    expect(n).toBeGreaterThan(before.n);
    await then.shows(desk, 'pair-change', '相同');
    await desk.get('undo').click();
    await expect.poll(members).toEqual(before);
    await then.shows(desk, 'pair-change', '有变化');
  });
});

test('history says who did what; a revision is looked at, brought back, and that is undone', async () => {
  const desk = await planner();
  const colleague = await given.account('planner');
  const name = newName('旧片');
  const { code, version } = await given.zone(colleague.cookie, name, west);
  const first = (await scenarios(desk.who.cookie)).find((s) => s.main)?.revision ?? 0;
  await ask<Edit>(colleague.cookie, 'PUT', `/districts/${DISTRICT}/zones/${code}`, {
    version,
    body: { name: `${name} 改`, note: '', geometry: shape(whole) },
  });
  await desk.get('scenario-switch').click();
  await desk.get('scenario-history').click();
  const entry = desk.page.locator(`[data-testid="revision"][data-revision="${first}"]`);
  await entry.waitFor();
  expect(await entry.textContent()).toMatch(new RegExp(`新建片区.*${colleague.name}`));

  await desk.get(`preview-${first}`).click();
  await then.shows(desk, 'preview-note', new RegExp(`第 ${first} 版.*${colleague.name}`));
  await then.paints(desk, [123, 47, 190], 60, 40);
  await desk.get('preview-end').click();
  await then.misses(desk, 'preview-note');

  const now = () => then.row<{ name: string; area: number }>(`select name, round(area_m2) as area from zone`);
  const late = await now();
  await desk.get(`restore-${first}`).click();
  await desk.get('restore-confirm').click();
  await then.misses(desk, 'restore-dialog');
  await expect.poll(async () => (await now()).name).toBe(name);
  expect((await now()).area).toBeLessThan(late.area);
  await desk.get('undo').click();
  await expect.poll(now).toEqual(late);
  await desk.get('redo').click();
  await expect.poll(async () => (await now()).name).toBe(name);
});

test.each([SMALL, LARGE])('the windows of scenarios fit and can be used by everybody: %o', async (size) => {
  const { cookie } = await given.account('planner');
  await given.zone(cookie, newName('西片'), west);
  const other = await copyOfMain(cookie, newName('很长很长很长的备选方案名称放得下吗'));
  const desk = await planner({ against: other.code }, size);
  await then.sees(desk, 'pair-change');
  const sound = async () => {
    // A menu that was left is drawn until it has faded out.
    await expect.poll(() => desk.page.getByRole('menu').count()).toBe(0);
    expect(await then.overflows(desk)).toEqual([]);
    expect(await then.seriousFaults(desk)).toEqual([]);
  };
  await sound();
  await desk.get('compare-tab-totals').click();
  await then.sees(desk, 'compare-totals');
  await sound();
  await desk.get('scenario-switch').click();
  await desk.get('scenario-history').click();
  await then.sees(desk, 'revision');
  await sound();
  await desk.get('scenario-switch').click();
  await desk.get('scenario-manage').click();
  await then.sees(desk, 'scenario-form');
  await sound();
});

test('two planners in one scenario see what the other does within a second', async () => {
  const s = await copyOfMain(inject('service').keeper, newName('合作方案'));
  const one = await planner({ scenario: s.code });
  const two = await planner({ scenario: s.code });
  await then.shows(two, 'zone-list', /还没有片区/);
  // A page that has just been opened still fetches what later clicks need.
  await then.stands(one);
  await then.stands(two);
  const delays: number[] = [];
  const late: number[] = [];
  for (let i = 0; i < 3; i++) {
    const name = newName('共同');
    // Both clocks are the one of this machine: the first notes when the answer to the save has come.
    const answered = one.page
      .waitForResponse((r) => r.url().endsWith('/zones') && r.request().method() === 'POST')
      .then(() => Date.now());
    const seen = two.page.evaluate(
      (text) =>
        new Promise<number>((done) => {
          const list = document.querySelector('[data-testid="zone-list"]');
          const look = () => {
            if (!list?.textContent?.includes(text)) return false;
            watcher.disconnect();
            done(Date.now());
            return true;
          };
          const watcher = new MutationObserver(look);
          if (list && !look()) watcher.observe(list, { subtree: true, childList: true, characterData: true });
        }),
      name,
    );
    await when.drawZone(one, name, i % 2 ? east : west, laoshan);
    const delay = (await seen) - (await answered);
    delays.push(delay);
    const slowed = await given.slowed(two.page.context());
    if (delay >= 1000 * slowed) late.push(delay);
    await one.page.keyboard.press('Escape');
  }
  console.log(`another person's change was on the screen after ${delays.join(', ')} ms`);
  expect(late).toEqual([]);
  await then.shows(two, 'toast', new RegExp(`${one.who.name}：新建片区`));
});
