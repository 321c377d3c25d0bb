import { afterAll, beforeEach, expect, inject, test } from 'vitest';
import { ask, type Desk, DISTRICT, given, laoshan, then, when } from './driver';

const path = `/districts/${DISTRICT}`;
const links: [number, number, number] = [15, 100, 112];
const strings: [number, number, number] = [138, 44, 156];

interface Contiguity {
  contiguous: boolean;
  parts: { households: number; bbox: [number, number, number, number]; communities: { code: string }[] }[];
  connection: {
    possible: boolean;
    communities: { code: string }[];
    links: { a: string; b: string; counts: boolean }[];
  } | null;
}

/** What one test leaves is no concern of the next, nor of other files. */
const clean = async () => {
  await given.noZones();
  const { keeper } = inject('service');
  for (const { a, b } of await then.rows<{ a: string; b: string }>(
    'select a.code as a, b.code as b from link_override o join community a on a.id = o.a_id join community b on b.id = o.b_id',
  ))
    await ask(keeper, 'DELETE', `${path}/links/${a}/${b}`);
};
beforeEach(clean);
afterAll(clean);

const zoneOf = async (cookie: string, name: string, communities: string[]): Promise<string> =>
  (
    await ask<{ code: string }>(cookie, 'POST', `${path}/zones`, {
      body: { name, note: '', communities },
    })
  ).body.code;
const members = async (zone: string) =>
  (
    await then.rows<{ code: string }>(
      `select c.code from zone z join zone_community m on m.zone_id = z.id join community c on c.id = m.community_id
       where z.code = :'zone' order by 1`,
      { zone },
    )
  ).map((c) => c.code);
const codeOf = async (name: string) =>
  (await then.row<{ code: string }>(`select code from community where name = :'name'`, { name })).code;
const parts = (desk: Desk, n: number) =>
  expect
    .poll(
      () =>
        desk
          .get('contiguity-verdict')
          .getAttribute('data-parts', { timeout: 2000 })
          .catch(() => null),
      { timeout: 45_000 },
    )
    .toBe(String(n));

test('a zone of two far parts says so, is joined by the cheapest connection, and the step is taken back', async () => {
  const desk = await given.planner({ mode: 'zones', place: laoshan });
  const own = await Promise.all(['崂山二村', '崂山三村', '演示小区86'].map(codeOf));
  const zone = await zoneOf(desk.who.cookie, '两处', own);
  const { body: before } = await ask<Contiguity>(desk.who.cookie, 'GET', `${path}/zones/${zone}/contiguity`);
  const added = (before.connection?.communities ?? []).map((c) => c.code);
  expect(added.length).toBeGreaterThan(0);

  await when.open(desk, 'zones', laoshan, { select: `zone:${zone}` });
  await parts(desk, 2);
  // Smallest first, and a click goes there.
  const names = await desk.get('contiguity-part').allInnerTexts();
  expect(names[0]).toMatch(/^演示小区86/);
  await desk.get('contiguity-part').first().click();
  await expect
    .poll(() => {
      const at = then.placeOf(desk);
      const [w, s, e, n] = before.parts[0]?.bbox ?? [0, 0, 0, 0];
      return at !== null && at.lng > w && at.lng < e && at.lat > s && at.lat < n;
    })
    .toBe(true);
  await expect.poll(() => desk.get('contiguity-add').count()).toBe(added.length);

  await desk.get('contiguity-connect').click();
  await parts(desk, 1);
  await then.misses(desk, 'contiguity-join');
  expect(await members(zone)).toEqual([...own, ...added].toSorted());
  // Strings now lead through all of it; they are a tree.
  const { n } = await then.row<{ n: number }>(
    `select count(*) as n from zone_string s join zone z on z.id = s.zone_id where z.code = :'zone'`,
    { zone },
  );
  expect(n).toBe(own.length + added.length - 1);
  await then.sees(desk, 'contiguity-hinges');

  await desk.page.keyboard.press('Control+z');
  await parts(desk, 2);
  expect(await members(zone)).toEqual(own.toSorted());
});

test('where no community can tie the parts, the connection is a declared link with a reason, taken back like any step', async () => {
  const desk = await given.planner({ mode: 'zones', place: laoshan });
  // The rules are so tight that hardly anything counts; what is near is joined by a person's word.
  const { body } = await ask<{ items: { code: string; main: boolean; version: number; rules: object }[] }>(
    desk.who.cookie,
    'GET',
    `${path}/scenarios`,
  );
  const main = body.items.find((s) => s.main);
  if (!main) throw new Error('no main scenario');
  const rule = (max_gap_m: number, version: number) =>
    ask<{ version: number }>(desk.who.cookie, 'PATCH', `${path}/scenarios/${main.code}`, {
      version,
      body: { rules: { ...main.rules, max_gap_m } },
    });
  const tight = await rule(10, main.version);
  try {
    const own = await Promise.all(['崂山二村', '崂山三村'].map(codeOf));
    const zone = await zoneOf(desk.who.cookie, '隔街相望', own);
    await when.open(desk, 'zones', laoshan, { select: `zone:${zone}` });
    await parts(desk, 2);
    await desk.get('contiguity-connect').click();
    await parts(desk, 1);
    const said = () =>
      then.rows<{ verdict: string; reason: string }>('select verdict, reason from link_override');
    expect(await said()).toEqual([{ verdict: 'together', reason: '为使片区“隔街相望”连片' }]);
    await desk.page.keyboard.press('Control+z');
    await parts(desk, 2);
    expect(await said()).toEqual([]);
  } finally {
    await rule(150, tight.body.version);
  }
});

test('a person parts two neighbours with a reason; the zone that holds them falls apart until that is taken back', async () => {
  const [a = '', b = ''] = await Promise.all(['崂山二村', '崂山三村'].map(codeOf));
  const desk = await given.planner({ mode: 'zones', place: laoshan });
  const zone = await zoneOf(desk.who.cookie, '一街之隔', [a, b]);
  await when.open(desk, 'zones', laoshan, { select: `community:${a}` });
  const row = desk.page.locator(`[data-testid="community-link"][data-code="${b}"]`);
  await row.getByTestId('link-never').click();
  await desk.get('link-save').click();
  await desk.page.getByText('请写明理由').waitFor();
  await desk.get('link-reason').fill('中间是围墙');
  await desk.page.keyboard.press('Enter');
  await row.getByText('中间是围墙').waitFor();
  await expect.poll(() => row.getAttribute('data-verdict')).toBe('never');
  const { verdict, by } = await then.row<{ verdict: string; by: string }>(
    'select verdict, by from link_override',
  );
  expect([verdict, by]).toEqual(['never', desk.who.name]);

  await when.open(desk, 'zones', laoshan, { select: `zone:${zone}` });
  await parts(desk, 2);
  // Somebody else takes it back; the open inspector follows.
  await ask(inject('service').keeper, 'DELETE', `${path}/links/${a}/${b}`);
  await parts(desk, 1);
});

test('links are drawn when they are asked for, and one can be looked at and judged from the map', async () => {
  const desk = await given.planner({ mode: 'zones', place: laoshan });
  expect(await then.painted(desk, links, 6)).toBeLessThan(20);
  await desk.get('layers').click();
  await desk.get('layer-links').check();
  await desk.page.keyboard.press('Escape');
  await then.paints(desk, links, 300, 6);
  await expect.poll(() => new URL(desk.page.url()).searchParams.get('show')).toBe('links');
  await desk.get('legend').getByRole('button').first().click();
  await then.shows(desk, 'legend-links', /相连.*有阻隔.*人工指定不相连/);
  await desk.get('legend').getByRole('button').first().click();

  const [a = '', b = ''] = (await Promise.all(['崂山二村', '崂山三村'].map(codeOf))).toSorted();
  const middle = await then.row<{ x: number; y: number; gap: number }>(
    `select ST_X(p) as x, ST_Y(p) as y, gap from (
       select ST_LineInterpolatePoint(line, 0.5) as p, round(gap_m) as gap from link l
       join community a on a.id = l.a_id join community b on b.id = l.b_id
       where a.code in (:'a', :'b') and b.code in (:'a', :'b')) l`,
    { a, b },
  );
  await then.stands(desk);
  await when.pointsAt(desk, [middle.x, middle.y], laoshan);
  await then.shows(desk, 'link-card', new RegExp(`相连间距 ${middle.gap} m`));
  await when.clicksAt(desk, [middle.x, middle.y], laoshan);
  await then.shows(desk, 'link-facts', new RegExp(`^间距 ${middle.gap} m · 步行 \\d+ m$`));
  await expect.poll(() => desk.get('link-class').getAttribute('data-class')).toBe('counts');
  await desk.get('link-never').click();
  await desk.get('link-reason').fill('有围墙');
  await desk.get('link-save').click();
  await expect.poll(() => desk.get('link-class').getAttribute('data-class')).toBe('never');
  // The way of the selected link lies over its line.
  await desk.get('inspector-close').click();
  await then.paints(desk, [163, 18, 58], 4, 24);
  await when.clicksAt(desk, [middle.x, middle.y], laoshan);
  await desk.get('link-clear').click();
  await expect.poll(() => desk.get('link-class').getAttribute('data-class')).toBe('counts');

  await desk.get('inspector-close').click();
  await desk.get('layers').click();
  await desk.get('layer-links').uncheck();
  await desk.page.keyboard.press('Escape');
  await then.paintsNot(desk, links, 20, 6);
});

test('strings are drawn with the zones of the scenario, listed by street, and come as a file', async () => {
  const desk = await given.planner({ mode: 'zones', place: laoshan });
  expect(await then.painted(desk, strings, 8)).toBe(0);
  const own = await Promise.all(['崂山二村', '崂山三村', '崂山四村', '崂山五村'].map(codeOf));
  const zone = await zoneOf(desk.who.cookie, '崂山', own);
  await then.paints(desk, strings, 20, 12);
  await when.open(desk, 'zones', laoshan, { select: `zone:${zone}` });
  await parts(desk, 1);
  await then.shows(desk, 'zone-strings', /串线.*\d+ m.*GeoJSON.*CSV/);
  const file = await when.downloadBy(desk, 'strings-csv');
  const lines = file.body.toString('utf8').trim().split('\n');
  expect(lines).toHaveLength(own.length);

  await desk.get('layers').click();
  await desk.get('layer-strings').uncheck();
  await desk.page.keyboard.press('Escape');
  await then.paintsNot(desk, strings, 0, 8);
});
