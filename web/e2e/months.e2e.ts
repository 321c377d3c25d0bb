import { expect, test } from 'vitest';
import { DISTRICT, given, then, when } from './driver';
import { command } from './driver/database';

interface Report {
  id: string;
  subdistrict: string;
  month: string;
}
const reportIn = (condition: string) =>
  then.row<Report>(
    `select id, subdistrict_code as subdistrict, to_char(month, 'YYYY-MM') as month from month_report
     where ${condition} and (select count(*) from month_line l where l.report_id = month_report.id) > 0
     order by month desc, subdistrict_code, form limit 1`,
  );

test('a returned report is corrected and handed in: square metres are asked about, what waits needs a remark', async () => {
  const report = await reportIn(`state = 'returned'`);
  const desk = await given.officer([report.subdistrict], {
    mode: 'program',
    query: { ptab: 'months', month: report.month },
  });
  desk.allow(/422/);
  await then.sees(desk, 'months-panel');
  await desk.page
    .locator('[data-testid="month-unit"][data-state="returned"] [data-testid="month-open"]')
    .first()
    .click();
  await then.sees(desk, 'month-report');
  const row = desk.get('month-row').first();
  const area = row.locator('[data-cell="plan.area_wan"] input');
  const right = await area.inputValue();
  await area.fill(String(Math.round(Number(right) * 10_000)));
  await desk.get('month-save').click();
  await then.sees(desk, 'area-question');
  await desk.get('area-convert').click();
  await expect.poll(() => area.inputValue()).toBe(right);

  await row.getByTestId('quick-none').click();
  await row.getByTestId('month-remark').fill('');
  await desk.get('month-save').click();
  await then.sees(desk, 'month-faults');
  await desk.get('month-submit').click();
  await expect.poll(() => desk.get('month-problem').first().textContent()).toContain('备注');
  expect(await then.overflows(desk)).toEqual([]);
  expect(await then.seriousFaults(desk)).toEqual([]);

  for (const r of await desk.get('month-row').all()) {
    await r.getByTestId('quick-none').click();
    await r.getByTestId('month-remark').fill('等待施工图');
    await r.getByTestId('month-starts').fill('2099-05-06');
    for (const correction of await r.getByTestId('month-correction').all())
      await correction.fill('上月误报为已进场');
  }
  await desk.get('month-submit').click();
  await expect
    .poll(
      async () =>
        (
          await then.row<{ n: number }>(
            `select count(*) as n from month_report where state = 'submitted' and subdistrict_code = '${report.subdistrict}'
             and to_char(month, 'YYYY-MM') = '${report.month}'`,
          )
        ).n,
      { timeout: 45_000 },
    )
    .toBeGreaterThan(0);
  await expect.poll(() => desk.get('month-submit').count()).toBe(0);
});

test('a month is closed once, and its forms print the same bytes ever after', async () => {
  const report = await reportIn(
    `state = 'submitted' and month = (select max(month) from month_report) - interval '1 month'`,
  );
  const desk = await given.planner({ mode: 'program', query: { ptab: 'months', month: report.month } });
  await desk.get('month-close').click();
  await desk.get('reason-send').click();
  await expect.poll(() => desk.get('month-close').count(), { timeout: 45_000 }).toBe(0);
  await desk.get('rollup-annex7').click();
  await then.sees(desk, 'month-report');
  expect(await desk.get('month-save').count()).toBe(0);
  const closed = await then.row<{ id: string }>(
    `select id from month_report where subdistrict_code = '' and form = 'annex7' and to_char(month, 'YYYY-MM') = '${report.month}'`,
  );
  const print = async () =>
    (
      await desk.page.request.get(
        `/api/v1/districts/${DISTRICT}/months/${report.month}/reports/${closed.id}/print`,
      )
    ).text();
  const before = await print();
  expect(before).toContain('合计');
  expect(before).toContain('冻结');
  const project = await then.row<{ id: number; name: string }>(
    `select id, name from project where id in (select project_id from month_line l join month_report r on r.id = l.report_id where r.form = 'annex7') limit 1`,
  );
  await command(`update project set name = name || '改名' where id = ${project.id}`);
  expect(await print()).toBe(before);
  await command(`update project set name = replace(name, '改名', '') where id = ${project.id}`);
  const file = await when.downloadBy(desk, 'month-xlsx');
  expect(file.name).toContain('.xlsx');
});

test('milestones are filled in, and a filing is counted down', async () => {
  const project = await then.row<{ code: string }>(
    `select code from project p where state = 'confirmed' and not exists (select from milestone m where m.project_id = p.id)
     order by code limit 1`,
  );
  const desk = await given.planner({
    mode: 'program',
    query: { ptab: 'months', sheet: `project:${project.code}:progress` },
  });
  await then.sees(desk, 'project-progress');
  for (const [kind, date] of [
    ['start', '2025-01-05'],
    ['works_done', '2025-02-05'],
    ['acceptance', '2025-02-20'],
  ] as const)
    await desk.get(`${kind}-on_date`).fill(date);
  await desk.get('progress-save').click();
  await expect
    .poll(() => desk.get('filing-state').getAttribute('data-state'), { timeout: 45_000 })
    .toBe('late');
  await command(
    `delete from milestone where project_id = (select id from project where code = '${project.code}');
     delete from project_progress where project_id = (select id from project where code = '${project.code}')`,
  );
});
