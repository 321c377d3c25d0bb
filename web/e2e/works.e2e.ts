import { beforeEach, expect, inject, test } from 'vitest';
import { ask, DISTRICT, given, then, when } from './driver';

interface Answers {
  version: number;
  cost_yuan: number;
  items: { no: number; lines: Line[] }[];
}
interface Line {
  item_no: number;
  community_code?: string;
  answer: string;
  reason?: string;
  quantity?: number | null;
  unit?: string;
  price_yuan?: number | null;
}
const YEAR = 2027;
let project = '';
const at = (tail: string) => `/districts/${DISTRICT}/projects/${encodeURIComponent(project)}/${tail}`;
const keeper = () => inject('service').keeper;

/** The project renovates two things: pipes for 200,000 yuan, and lifts for 570,000. */
beforeEach(async () => {
  project = (
    await then.row<{ code: string }>(
      `select code from project where state = 'confirmed' and year = ${YEAR} and library = 'comprehensive' order by code limit 1`,
    )
  ).code;
  const { version } = (await ask<Answers>(keeper(), 'GET', at('works'))).body;
  const lines: Line[] = [
    { item_no: 1, answer: 'do', quantity: 100, unit: '户', price_yuan: 2000 },
    { item_no: 18, answer: 'do', quantity: 1, unit: '部', price_yuan: 570_000 },
    { item_no: 2, answer: 'not_needed', reason: '现状完好' },
  ];
  await ask(keeper(), 'PUT', at('works'), { version, body: { lines } });
  const money = (await ask<{ version: number }>(keeper(), 'GET', at('money'))).body;
  const nothing = { shares: [], settled: false, apportionment: { parts: [] } };
  await ask(keeper(), 'PUT', at('money'), { version: money.version, body: nothing });
});

test('a planner answers the menu, and hears that somebody else was quicker', async () => {
  const desk = await given.planner({ mode: 'program', query: { sheet: `project:${project}:works` } });
  await then.shows(desk, 'works-cost', '770,000');
  await when.choose(desk, 'works-answer-6', 'do');
  await desk.get('works-quantity-6').fill('10');
  await desk.get('works-price-6').fill('230.5');
  await then.shows(desk, 'works-cost', '772,305');
  await when.choose(desk, 'works-answer-3', 'cannot');
  await expect.poll(() => desk.get('works-save').isDisabled()).toBe(true); // the reason is missing
  await desk.get('works-reason-3').fill('燃气公司另行改造');
  await desk.get('works-save').click();
  await expect
    .poll(async () => (await ask<Answers>(keeper(), 'GET', at('works'))).body.cost_yuan, { timeout: 45_000 })
    .toBe(772_305);
  // Roads inside ask for an answer about the roads next door.
  await desk.page.getByText('一并实施').first().waitFor();

  await desk.get('works-quantity-6').fill('20');
  const { version, items } = (await ask<Answers>(keeper(), 'GET', at('works'))).body;
  const lines = items
    .flatMap((i) => i.lines)
    .filter((l) => l.item_no !== 18)
    .map(({ item_no, answer, reason, quantity, unit, price_yuan }) => ({
      item_no,
      answer,
      reason: reason ?? '',
      quantity: quantity ?? null,
      unit: unit ?? '',
      price_yuan: price_yuan ?? null,
    }));
  await ask(keeper(), 'PUT', at('works'), { version, body: { lines } });
  desk.allow(/412/);
  // The stream of changes may tell of it before the button is pressed, which then waits for an answer.
  await desk
    .get('works-save')
    .click({ timeout: 4000 })
    .catch(() => {});
  await then.sees(desk, 'works-stale');
  await desk.get('works-theirs').click();
  await then.shows(desk, 'works-cost', '202,305');
  expect(await then.seriousFaults(desk)).toEqual([]);
});

test('the cost is shared out to the fen, and a lift is split by floors', async () => {
  const desk = await given.planner({ mode: 'program', query: { sheet: `project:${project}:money` } });
  await desk.get('money-take-pipelines').click();
  await then.shows(desk, 'money-total', '200,000');
  await desk.get('apportion-lift').click();
  await desk.get('part-amount-0').fill('570000');
  await then.shows(desk, 'part-0-each-2', '50,000');
  await then.shows(desk, 'part-0-each-0', '0');
  await desk.get('apportion-to-share').click();
  await then.shows(desk, 'money-remaining', '已全部落实');
  await desk.get('money-settled').click();
  await desk.get('money-save').click();
  await expect
    .poll(
      async () =>
        (
          await then.rows<{ source: string; yuan: number }>(
            `select source, amount_yuan::float8 as yuan from cost_share c join project p on p.id = c.project_id where p.code = '${project}' order by source`,
          )
        ).map((r) => [r.source, r.yuan]),
      { timeout: 45_000 },
    )
    .toEqual([
      ['pipelines', 200_000],
      ['residents', 570_000],
    ]);

  // A fen more than it costs is refused with a sentence.
  await desk.get('money-settled').click();
  await desk.get('money-amount-central').fill('0.01');
  desk.allow(/422/);
  await desk.get('money-save').click();
  await then.shows(desk, 'money-problem', /超过造价770,000元，多出0\.01元/);
});

test('the pools are matched, and what stays unfunded is proved', async () => {
  const desk = await given.planner({ mode: 'program', query: { ptab: 'money', year: String(YEAR) } });
  await desk.get('funds-match').click();
  await then.sees(desk, `match-${project}`);
  await desk.page
    .getByText(/还差.*元。/)
    .first()
    .waitFor();
  await desk.get('match-partial').click();
  await desk.page.waitForLoadState('networkidle');
  await desk.get('match-save').click();
  await then.misses(desk, 'match');
  const saved = await then.row<{ given: number; held: number }>(
    `select (select coalesce(sum(a.amount_yuan), 0)::float8 from fund_allocation a join fund f on f.id = a.fund_id where f.year = ${YEAR}) as given,
            (select sum(amount_yuan)::float8 from fund where year = ${YEAR}) as held`,
  );
  expect(saved.given).toBeGreaterThan(0);
  expect(saved.given).toBeLessThanOrEqual(saved.held);
  await then.shows(desk, 'funds-allocated', /^[1-9].*元$/);
});
