import { afterAll, expect, test } from 'vitest';
import { count } from '../src/language/format';
import { ask, DISTRICT, given, laoshan, then, when } from './driver';
import { readWorkbook } from './driver/workbook';

const place = { ...laoshan, zoom: 14 };
const path = `/districts/${DISTRICT}`;
/** Its standard asks for no other facility first, so that distance alone decides. */
const DAYCARE = 'elder_daycare';

interface Scorecard {
  batch: { id: string; method: string; runs: { id: string }[] };
  types: { facility_type: string; facility_name: string; run: string }[];
  communities: { code: string; name: string; households: number; share: (number | null)[]; score: number }[];
}

/** What this file leaves is no concern of others. */
afterAll(() => given.noZones());

/** The share of a community's households within the radius of a facility of the type, by plain SQL. */
const shareOf = async (community: string, type: string, radius: number) =>
  (
    await then.row<{ share: number }>(
      `select coalesce(sum(b.households) filter (where exists (
           select from facility f where f.facility_type = :'type'
           and ST_Distance(f.geom::geography, b.point::geography) <= :radius)), 0)::float / sum(b.households) as share
       from building b join community c on c.id = b.community_id where c.code = :'code'`,
      { code: community, type, radius },
    )
  ).share;

test('a scorecard lists the worst communities first, colours them, and leads to runs, radar and files', async () => {
  const desk = await given.planner({ mode: 'coverage', place, query: { tab: 'scorecard' } });
  await desk.get('score-make').click();
  await desk.get('score-table').waitFor({ timeout: 60_000 });
  const id = () => new URL(desk.page.url()).searchParams.get('batch');
  await expect.poll(id).toMatch(/^[0-9a-f-]{36}$/);
  const card = (await ask<Scorecard>(desk.who.cookie, 'GET', `${path}/coverage/batches/${id()}`)).body;
  await then.shows(
    desk,
    'row-count',
    new RegExp(`${card.communities.length} 个小区 × ${card.types.length} 类`),
  );
  await then.shows(desk, 'score-method', /直线半径.*GB 50180/);

  // The worst first, those of which nothing is known last; a share is that of plain SQL.
  const codes = () =>
    desk.get('score-row').evaluateAll((rows) => rows.slice(0, 3).map((r) => r.getAttribute('data-code')));
  const byScore = card.communities
    .filter((c) => c.share.some((share) => share !== null))
    .toSorted((a, b) => a.score - b.score || b.households - a.households);
  await expect.poll(codes).toEqual(byScore.slice(0, 3).map((c) => c.code));
  const daycare = card.types.findIndex((t) => t.facility_type === DAYCARE);
  const some = card.communities.find(
    (c) => c.share[daycare] !== 0 && c.share[daycare] !== 1 && c.households > 0,
  );
  expect(some?.share[daycare]).toBeCloseTo(await shareOf(some?.code ?? '', DAYCARE, 300), 3);

  // Another order, and back.
  await desk.get('score-sort-households').click();
  await desk.get('score-sort-households').click();
  const most = card.communities.toSorted((a, b) => b.households - a.households);
  await expect.poll(async () => (await codes())[0]).toBe(most[0]?.code);
  await desk.get('score-sort-score').click();
  await expect.poll(async () => (await codes())[0]).toBe(byScore[0]?.code);

  // The radar of a community, and the same as a list.
  await desk.get('score-row').first().click();
  await then.sees(desk, 'radar');
  await expect.poll(() => desk.get('community-score').locator('li').count()).toBe(card.types.length);
  expect(await then.seriousFaults(desk)).toEqual([]);
  await desk.get('inspector-close').click();

  const xlsx = await when.downloadBy(desk, 'score-export-xlsx');
  const [sheet] = readWorkbook(xlsx.body);
  const cells = sheet?.rows.flat() ?? [];
  for (const c of byScore.slice(0, 3)) expect(cells).toContain(c.name);
  const csv = (await when.downloadBy(desk, 'score-export-csv')).body.toString('utf8');
  expect(csv).toContain(byScore[0]?.name ?? '');
  expect(csv).toContain(card.types[daycare]?.facility_name ?? '');

  // From what a type leaves uncovered to its run.
  await desk.get(`score-type-${DAYCARE}`).click();
  await then.sees(desk, 'coverage-summary');
  expect(new URL(desk.page.url()).searchParams.get('run')).toBe(card.types[daycare]?.run);
  await desk.get('coverage-tab-scorecard').click();
  await then.sees(desk, 'score-table');
  expect(await then.overflows(desk)).toEqual([]);
});

test('a scorecard of chosen types and a walk says so', async () => {
  const desk = await given.planner({ mode: 'coverage', place, query: { tab: 'scorecard' } });
  await desk.get('coverage-method-walk').click();
  await desk.get('score-types').click();
  const picks = desk.page.locator('[data-testid^="score-pick-"]');
  for (const pick of await picks.all())
    if (
      !/score-pick-(health_station|elder_daycare|canteen)$/.test(
        (await pick.getAttribute('data-testid')) ?? '',
      )
    )
      await pick.uncheck();
  const left = await desk.page.locator('[data-testid^="score-pick-"]:checked').count();
  await desk.get('score-make').click();
  await desk.get('score-table').waitFor({ timeout: 60_000 });
  await then.shows(desk, 'score-method', /步行.*老年人/);
  await then.shows(desk, 'row-count', new RegExp(`× ${left} 类设施 · 步行`));
});

test('a community says which services it lacks, by the method that is chosen', async () => {
  const desk = await given.planner({ place, query: { select: 'community:C103' } });
  await then.sees(desk, 'service-missing');
  const { households } = await then.row<{ households: number }>(
    `select sum(b.households)::int as households from building b join community c on c.id = b.community_id where c.code = 'C103'`,
  );
  const lacking = Math.round(households * (1 - (await shareOf('C103', DAYCARE, 300))));
  expect(lacking).toBeGreaterThan(0);
  const daycare = desk.page.locator(`[data-testid="service-missing"][data-type="${DAYCARE}"]`);
  await expect
    .poll(() => daycare.textContent())
    .toContain(`${count(lacking)} / ${count(households)} 户未覆盖`);
  await desk.get('services-method-walk').click();
  await expect.poll(() => desk.get('services').getAttribute('data-method'), { timeout: 45_000 }).toBe('walk');
  expect(await then.overflows(desk)).toEqual([]);
});

test('the totals of a zone name what it lacks', async () => {
  const planner = await given.account('planner');
  const { lng, lat } = laoshan;
  const { code } = await given.zone(planner.cookie, '缺什么', [
    [lng - 0.003, lat - 0.002],
    [lng + 0.003, lat - 0.002],
    [lng + 0.003, lat + 0.002],
    [lng - 0.003, lat + 0.002],
  ]);
  const desk = await given.planner({ mode: 'zones', place, query: { select: `zone:${code}` } });
  await then.shows(desk, 'missing-services', /^缺（直线半径）：.+（[\d,]+ 户）/);
  await then.sees(desk, 'service-missing');
});
