import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type Desk, given, then } from './driver';

const samples = resolve(import.meta.dirname, '../../demo/samples');

test('a ledger is imported with progress and a report; the same file again changes nothing', async () => {
  const desk = await given.planner({ mode: 'data' });
  const before = await communities();
  await importFile(desk, join(samples, '台账示例.xlsx'));
  await then.sees(desk, 'import-report');
  expect(await report(desk)).toEqual({ taken: 17, inserted: 17, updated: 0, unchanged: 0, refused: 3 });
  const refused = await desk.get('refused-rows').locator('tbody tr').allInnerTexts();
  expect(refused.length).toBe(3);
  for (const reason of [/1890/, /116\.3974|坐标/, /T003|重复/])
    expect(refused.some((r) => reason.test(r))).toBe(true);
  await desk.get('report-close').click();
  expect(await communities()).toEqual({ n: before.n + 17, versions: before.versions + 17 });
  await then.shows(desk, 'count-communities', new RegExp(String(before.n + 17)));
  const added = await then.row<{ built_year: number; households: number; verdict: string }>(
    `select built_year, households, verdict from community where code = 'T001'`,
  );
  expect(added).toMatchObject({ built_year: 1999, households: 308 });

  await importFile(desk, join(samples, '台账示例.csv'));
  await then.sees(desk, 'import-report');
  expect(await report(desk)).toEqual({ taken: 17, inserted: 0, updated: 0, unchanged: 17, refused: 3 });
  await desk.get('report-close').click();
  expect(await communities()).toEqual({ n: before.n + 17, versions: before.versions + 17 });

  // Both imports are in the history, and their reports can be opened again.
  const items = desk.get('import-history').getByTestId('import-item');
  await expect.poll(() => items.count()).toBeGreaterThanOrEqual(2);
  await items.filter({ hasText: '台账示例.xlsx' }).first().click();
  await then.sees(desk, 'import-report');
  expect((await report(desk)).inserted).toBe(17);
});

test('progress can be followed while a job runs', async () => {
  const desk = await given.planner({ mode: 'data' });
  // The progress card stands there from the answer on the upload until the job has ended.
  const seen = desk.page.evaluate(
    () =>
      new Promise<string>((done) => {
        const look = () => {
          const card = document.querySelector('[data-testid="job-progress"]');
          if (card) return done(card.textContent ?? '');
          requestAnimationFrame(look);
        };
        look();
      }),
  );
  // Imports into one district wait for each other: this one waits behind a lock of ours,
  // so that the job is still running when the page hears of it.
  const held = then.row(
    `select pg_advisory_xact_lock(hashtext('lianpian-import-310115'))::text as locked, pg_sleep(4)::text as slept`,
  );
  await desk.get('import-file').setInputFiles(join(samples, '设施示例.geojson'));
  await desk.get('import-way-direct').click();
  await desk.get('import-start').click();
  expect(await seen).toMatch(/设施示例\.geojson/);
  await held;
  await then.sees(desk, 'import-report');
  const { n } = await then.row<{ n: number }>('select count(*) as n from facility');
  await desk.get('report-close').click();
  await then.shows(desk, 'count-facilities', new RegExp(`${n}$`));
});

test('a malformed file gets a clear error and changes nothing', async () => {
  const desk = await given.planner({ mode: 'data' });
  desk.allow(/ 4\d\d /);
  const before = await communities();
  const bad = join(tmpdir(), `坏文件-${process.pid}.xlsx`);
  await writeFile(bad, 'this is no workbook');
  await importFile(desk, bad);
  // Refused at the door or by the job: either way one sentence, in Chinese.
  const alert = desk.page.getByRole('alert').first();
  await alert.waitFor();
  await expect.poll(() => alert.innerText()).toMatch(/[\u4e00-\u9fff]{6}/);
  expect(await communities()).toEqual(before);
});

test('a ledger without the columns it needs says which', async () => {
  const desk = await given.planner({ mode: 'data' });
  desk.allow(/ 4\d\d /);
  const bad = join(tmpdir(), `缺列-${process.pid}.csv`);
  await writeFile(bad, '序号,颜色\n1,红\n');
  await importFile(desk, bad);
  const alert = desk.page.getByRole('alert').first();
  await alert.waitFor();
  await expect.poll(() => alert.innerText()).toMatch(/列|表头/);
});

async function importFile(desk: Desk, path: string): Promise<void> {
  await desk.get('import-file').setInputFiles(path);
  await desk.get('import-start').click();
}

async function report(desk: Desk): Promise<Record<string, number>> {
  const out: Record<string, number> = {};
  for (const key of ['taken', 'inserted', 'updated', 'unchanged', 'refused'])
    out[key] = Number((await desk.get(`report-${key}`).locator('strong').innerText()).replaceAll(',', ''));
  return out;
}

const communities = () =>
  then.row<{ n: number; versions: number }>('select count(*) as n, sum(version) as versions from community');
