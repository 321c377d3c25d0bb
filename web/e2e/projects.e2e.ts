import { expect, test } from 'vitest';
import { ask, type Desk, DISTRICT, given, laoshan, then, when } from './driver';

interface Community {
  code: string;
  name: string;
}
/** Communities that the policy takes in and that no running project has. */
const free = (n: number) =>
  then.rows<Community>(
    `select code, name from community c
     where eligibility = 'in' and location is not null
       and not exists (select from project_community pc where pc.community_id = c.id and pc.live)
     order by code limit ${n}`,
  );
const body = (community: Community) => ({
  library: 'comprehensive',
  applicant: '演示社区居民委员会',
  applied_on: '2026-01-05',
  communities: [community.code],
});
const openTab = (desk: Desk, query: Record<string, string> = {}) =>
  when.open(desk, 'program', laoshan, { ptab: 'projects', ...query });

test('an application goes through the intake into a batch, and the map shows its year', async () => {
  const [community] = await free(1);
  if (!community) throw new Error('no community is free');
  const desk = await given.planner({ place: laoshan });
  await openTab(desk, { select: `community:${community.code}` });
  await then.shows(desk, 'inspector-title', community.name);
  await desk.get('make-project').click();
  await desk.get('apply-applicant').fill('演示社区居民委员会');
  await desk.get('apply-name').fill('试点改造项目');
  await desk.get('apply-submit').click();
  await then.shows(desk, 'inspector-title', '试点改造项目');
  const now = () =>
    then.row<{ code: string; state: string; version: number }>(
      `select code, state, version from project where name = '试点改造项目'`,
    );
  const made = await now();
  expect(made.state).toBe('applied');

  await desk.get('step-accept').click();
  await then.sees(desk, 'step-confirm');
  await desk.get('step-confirm').click();
  // What does not hold is said with its clause, and without a reason it is not entered.
  await expect
    .poll(() => desk.get('step-dialog').textContent())
    .toMatch(/多数业主愿意承担合理的改造费用（三\(一\)、五\(二\)）/);
  await expect.poll(() => desk.get('step-do').getAttribute('aria-disabled')).toBe('true');
  await desk.get('step-phase-plan').click();
  await when.choose(desk, 'step-year', '2029');
  await desk.get('step-reason').fill('区政府专题会议决定');
  await desk.get('step-do').click();
  await then.misses(desk, 'step-dialog');
  await desk.get('project-year-2029').click();
  await then.shows(desk, 'project-year-figures', /2029 .*谋划 1/);
  expect(new URL(desk.page.url()).searchParams.get('year') ?? '2029').toBe('2029');

  await desk.get('project-open').click();
  await then.shows(desk, 'sheet-title', '试点改造项目');
  await then.shows(desk, 'project-intake', /未全部具备而入库：区政府专题会议决定/);
  await desk.get('answer-cost_share-yes').click();
  await desk.get('entry-save').click();
  await then.shows(desk, 'entry-cost_share', /具备/);
  expect(await then.seriousFaults(desk)).toEqual([]);
  await ask(desk.who.cookie, 'POST', `/districts/${DISTRICT}/projects/${made.code}/withdraw`, {
    version: (await now()).version,
    body: { reason: '测试结束' },
  });
});

test('a community cannot be in both libraries, and two people on one project do not overwrite each other', async () => {
  const [community] = await free(1);
  if (!community) throw new Error('no community is free');
  const desk = await given.planner({ place: laoshan });
  const made = await ask<{ code: string; version: number }>(
    desk.who.cookie,
    'POST',
    `/districts/${DISTRICT}/projects`,
    { body: body(community), status: 201 },
  );
  const at = `/districts/${DISTRICT}/projects/${made.body.code}`;
  desk.allow(/409|412/);
  await openTab(desk);
  await desk.get('project-apply').click();
  await desk.get('apply-library-management').click();
  await desk.get('pick-community').fill(community.name);
  await desk.get('pick-hit').first().click();
  await desk.get('apply-applicant').fill('演示社区居民委员会');
  await desk.get('apply-submit').click();
  await desk
    .get('apply-dialog')
    .getByText(`“${community.name}”已在综合改造项目库的项目 ${made.body.code}`)
    .waitFor();
  await desk.page.keyboard.press('Escape');

  await openTab(desk, { sheet: `project:${made.body.code}` });
  await desk.get('facts-edit').click();
  await desk.get('facts-note').fill('我的备注');
  await ask(desk.who.cookie, 'PATCH', at, { version: made.body.version, body: { note: '别人的备注' } });
  await desk.get('facts-save').click();
  await desk.get('project-facts').getByText('其他人刚改过这个项目').waitFor();
  const kept = await then.row<{ note: string }>(`select note from project where code = '${made.body.code}'`);
  expect(kept.note).toBe('别人的备注');
  await ask(desk.who.cookie, 'POST', `${at}/withdraw`, { version: 2, body: {} });
});
