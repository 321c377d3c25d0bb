import { expect, test } from 'vitest';
import { given, laoshan, type Position, then, when } from './driver';

interface Community {
  code: string;
  name: string;
  eligibility: string;
  lng: number;
  lat: number;
  generated: string[];
}
const known = () =>
  then.row<Community>(
    `select code, name, eligibility, ST_X(location) as lng, ST_Y(location) as lat, generated
     from community where name = '崂山二村'`,
  );
const verdicts: Record<string, string> = {
  in: '可纳入改造范围',
  borderline: '待核实',
  out: '不纳入改造范围',
};

test('the search box finds a community and the inspector shows verdict, clauses and demo marks', async () => {
  const community = await known();
  const desk = await given.planner();
  await desk.page.keyboard.press('/');
  await desk.page.keyboard.type('崂山二村');
  await desk.get('search-hit').filter({ hasText: '崂山二村' }).first().click();

  await then.shows(desk, 'inspector-title', '崂山二村');
  await expect.poll(() => desk.get('verdict').getAttribute('data-verdict')).toBe(community.eligibility);
  await then.shows(desk, 'verdict', new RegExp(`^${verdicts[community.eligibility]}`));
  const proof = await then.rows<{ clause: string; text: string }>(
    `select r->>'clause' as clause, r->>'text' as text
     from community, jsonb_array_elements(verdict_proof) r where code = :'code'`,
    { code: community.code },
  );
  await desk
    .get('proof')
    .getByRole('button', { name: `全部 ${proof.length} 条依据` })
    .click();
  const shown = await desk.get('proof').innerText();
  for (const reason of proof) {
    expect(shown).toContain(reason.clause);
    expect(shown).toContain(reason.text);
  }
  expect(proof.length).toBeGreaterThan(3);
  for (const field of ['built_year', 'households']) {
    expect(community.generated).toContain(field);
    await expect
      .poll(() => desk.get(`field-${field}`).getByTestId('demo-mark').innerText())
      .toBe('演示数据：生成');
  }
  expect(then.selection(desk)).toBe(`community:${community.code}`);
  await expect.poll(() => Math.abs((then.placeOf(desk)?.lng ?? 0) - community.lng)).toBeLessThan(0.002);
});

test('filters of the panel decide alike over table, counts and address', async () => {
  const desk = await given.planner();
  await desk.get('filter-in').check();
  await desk.get('filter-before-2000').click();
  const { n } = await then.row<{ n: number }>(
    `select count(*) as n from community where eligibility = 'in' and built_year < 2000`,
  );
  await then.shows(desk, 'row-count', `${Math.min(n, 100)} / ${n} 行`);
  await then.shows(desk, 'found', `共 ${n} 个小区`);
  await expect.poll(() => new URL(desk.page.url()).search).toMatch(/elig=in.*to=1999/);

  await desk.get('filter-name').fill('崂山');
  const names = await then.rows<{ name: string }>(
    `select name from community where eligibility = 'in' and built_year < 2000 and (name like '%崂山%' or address like '%崂山%')`,
  );
  await then.shows(desk, 'found', `共 ${names.length} 个小区`);
  await expect
    .poll(async () => (await desk.get('grid-row').allInnerTexts()).map((r) => r.split('\n')[0]).sort())
    .toEqual(names.map((r) => r.name).sort());

  await desk.get('clear-filter').click();
  const all = await then.row<{ n: number }>('select count(*) as n from community');
  await then.shows(desk, 'found', `共 ${all.n} 个小区`);
});

test('the table sorts at the server, in both directions', async () => {
  const desk = await given.planner();
  for (const [way, order] of [
    ['asc', 'asc'],
    ['desc', 'desc'],
  ] as const) {
    await desk.get('sort-households').click();
    const { most } = await then.row<{ most: string }>(
      `select name as most from community where households is not null order by households ${order}, name limit 1`,
    );
    if (way === 'desc')
      await expect
        .poll(async () => (await desk.get('grid-row').first().innerText()).split('\n')[0])
        .toBe(most);
  }
});

test('a row that is clicked is selected on the map, a shape that is clicked is selected in the table', async () => {
  const community = await known();
  const desk = await given.planner({ place: laoshan });
  await desk.get('filter-name').fill('崂山');
  const row = desk.page.locator(`[data-testid="grid-row"][data-code="${community.code}"]`);
  await row.waitFor();
  const before = await then.painted(desk, SELECTED, 16);
  await row.click();
  await then.shows(desk, 'inspector-title', '崂山二村');
  await expect.poll(() => row.getAttribute('aria-selected')).toBe('true');
  await then.paints(desk, SELECTED, before + 100, 16);

  const other = await then.row<Community>(
    `select code, name, eligibility, ST_X(location) as lng, ST_Y(location) as lat, generated from community where name = '崂山三村'`,
  );
  await when.clicksAt(desk, inside(other), laoshan);
  await then.shows(desk, 'inspector-title', '崂山三村');
  expect(
    await desk.page
      .locator(`[data-testid="grid-row"][data-code="${other.code}"]`)
      .getAttribute('aria-selected'),
  ).toBe('true');

  await desk.page.keyboard.press('Escape');
  await then.misses(desk, 'inspector');
});

test('a fact is edited with its verdict, and undone', async () => {
  const community = await known();
  const desk = await given.planner({ query: { select: `community:${community.code}` } });
  const stored = () =>
    then.row<{ built_year: number; eligibility: string; version: number }>(
      `select built_year, eligibility, version from community where code = :'code'`,
      { code: community.code },
    );
  const before = await stored();
  await desk.get('community-edit').click();
  await desk.get('edit-built_year').fill('2011');
  await desk.get('community-save').click();
  await then.shows(desk, 'field-built_year', /2011/);
  await expect.poll(async () => (await stored()).built_year).toBe(2011);
  expect((await stored()).eligibility).toBe('out');
  await expect.poll(() => desk.get('verdict').getAttribute('data-verdict')).toBe('out');

  await desk.get('undo').click();
  await expect.poll(async () => (await stored()).built_year).toBe(before.built_year);
  expect((await stored()).eligibility).toBe(before.eligibility);
  await then.shows(desk, 'field-built_year', new RegExp(String(before.built_year)));
});

test('a person overrides a verdict with a reason, and takes it back', async () => {
  const { code, eligibility } = await known();
  const desk = await given.planner({ query: { select: `community:${code}` } });
  await desk.get('override').click();
  await desk.get('override-verdict-out').click();
  await desk.get('override-save').click();
  await desk.page
    .getByRole('dialog')
    .getByText(/理由|原因/)
    .first()
    .waitFor();
  await desk.get('override-reason').fill('原则上不再列入：已有其他安排');
  await desk.get('override-save').click();
  await expect.poll(() => desk.get('verdict').getAttribute('data-verdict')).toBe('out');
  await then.shows(desk, 'verdict', /原则上不再列入：已有其他安排/);

  await desk.get('clear-override').click();
  await expect.poll(() => desk.get('verdict').getAttribute('data-verdict')).toBe(eligibility);
});

const SELECTED = [22, 32, 44] as const;
const inside = (c: Community): Position => [c.lng, c.lat];
