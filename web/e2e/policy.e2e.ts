import { afterEach, expect, inject, test } from 'vitest';
import { ask, type Desk, DISTRICT, given, then } from './driver';

const path = `/districts/${DISTRICT}/policy`;
const tab = { mode: 'program', query: { ptab: 'policy' } };
interface Choice {
  version: number;
  policy_key: string;
  parameters: { key: string; value: unknown }[];
}
interface Diff {
  flips: { code: string; name: string; before: string; after: string }[];
}

/** The others find the plan as it was. */
afterEach(async () => {
  const { keeper } = inject('service');
  const { version } = (await ask<Choice>(keeper, 'GET', path)).body;
  await ask(keeper, 'PUT', path, { version, body: { policy_key: 'wansheng-2020', params: {} } });
});

const chosenReading = (desk: Desk, key: string, value: string) => desk.get(`reading-${key}-${value}`);

test('another reading shows who flips and why, and counts only once it is saved', async () => {
  const desk = await given.planner(tab);
  await then.shows(desk, 'policy-title', /万盛经开区全面推进城镇老旧小区改造/);
  const { body: diff } = await ask<Diff>(desk.who.cookie, 'POST', `${path}/diff`, {
    body: { params: { built_2000: 'in' } },
  });
  expect(diff.flips.length).toBeGreaterThan(0);
  await then.shows(desk, 'effect-built_2000-in', new RegExp(`变 ${diff.flips.length}$`));

  await chosenReading(desk, 'built_2000', 'in').check();
  await then.shows(desk, 'policy-sum', new RegExp(`^${diff.flips.length} 个小区改变认定`));
  const first = diff.flips[0];
  if (!first) throw new Error('nothing flips');
  await desk.get(`flip-${first.code}`).getByRole('button').click();
  await then.shows(desk, `flip-${first.code}`, /二\(一\) S1 · A1.*需人工认定.*按目标条款/s);
  await then.shows(desk, 'inspector-title', first.name);
  await desk.page.getByRole('button', { name: '图例' }).click();
  await then.shows(desk, 'legend-policy-flips', /变为纳入/);
  expect(await then.overflows(desk)).toEqual([]);
  expect(await then.seriousFaults(desk)).toEqual([]);
  const before = await then.row<{ n: number }>(
    `select count(*)::int as n from community where built_year = 2000 and verdict = 'in'`,
  );
  expect(before.n).toBe(0);

  await desk.get('policy-save').click();
  await desk.get('policy-reason').fill('与目标条款一致');
  await desk.get('policy-confirm').click();
  await then.shows(desk, 'toast', /已保存/);
  await then.misses(desk, 'policy-trial');
  await then.shows(desk, 'policy-history', /2000年建成的小区：按目标条款.*与目标条款一致/s);
  const after = await then.row<{ n: number }>(
    `select count(*)::int as n from community where built_year = 2000 and verdict = 'in'`,
  );
  expect(after.n).toBe(diff.flips.length);
});

test('of two people who change the plan the second is told', async () => {
  const desk = await given.planner(tab);
  desk.allow(/412/);
  await chosenReading(desk, 'built_2000', 'in').check();
  await then.shows(desk, 'policy-sum', /改变认定/);
  await desk.get('policy-save').click();
  await then.sees(desk, 'policy-save-dialog');
  const { keeper } = inject('service');
  const { version } = (await ask<Choice>(keeper, 'GET', path)).body;
  await ask(keeper, 'PUT', path, { version, body: { params: { consent_basis: 'both' } } });
  await desk.get('policy-confirm').click();
  await then.shows(desk, 'policy-save-dialog', /其他人刚改过方案/);
  const between = (await ask<Choice>(keeper, 'GET', path)).body;
  expect(between.parameters.find((p) => p.key === 'consent_basis')?.value).toBe('both');
  // Having seen it, the person may save all the same.
  await desk.get('policy-confirm').click();
  await then.shows(desk, 'toast', /已保存/);
  const after = (await ask<Choice>(keeper, 'GET', path)).body;
  expect(after.parameters.find((p) => p.key === 'built_2000')?.value).toBe('in');
});

test('who may not choose may try, and who needs no detail may only read', async () => {
  const officer = await given.officer(['310115007'], tab);
  await chosenReading(officer, 'built_2000', 'out').check();
  await then.sees(officer, 'policy-trial');
  await expect.poll(() => officer.get('policy-save').getAttribute('aria-disabled')).toBe('true');
  const viewer = await given.viewer(tab);
  await then.shows(viewer, 'program-policy', /您的角色不能试算/);
  expect(await chosenReading(viewer, 'built_2000', 'out').isDisabled()).toBe(true);
});

test('the whole text of the plan is there to read and to search', async () => {
  const desk = await given.viewer(tab);
  await desk.get('policy-text').click();
  await then.shows(desk, 'sheet-title', '万盛经开区 2020 实施方案');
  await desk.get('sheet-part-items').click();
  await then.shows(desk, 'policy-sections', /39.*设置公共厕所/s);
  await desk.get('policy-search').fill('过半数');
  await then.shows(desk, 'policy-found', /找到 \d+ 条/);
  await then.shows(desk, 'policy-sections', /过半数以上居民达成一致意见的，方可启动项目/);
  await desk.get('policy-search').fill('没有这样的词');
  await then.sees(desk, 'empty');
  expect(await then.seriousFaults(desk)).toEqual([]);
});
