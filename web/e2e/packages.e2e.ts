import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { ask, type Desk, DISTRICT, given, laoshan, type Position, then, when } from './driver';
import { readWorkbook, unzip } from './driver/workbook';

const block: Position[] = [
  [121.5118, 31.2396],
  [121.5172, 31.2396],
  [121.5172, 31.2366],
  [121.5118, 31.2366],
];
interface Package {
  id: string;
  state: string;
  sha256: string;
}
beforeEach(async () => {
  await given.noZones();
  const keeper = await given.account('administrator');
  const { items } = (await ask<{ items: Package[] }>(keeper.cookie, 'GET', `/districts/${DISTRICT}/packages`))
    .body;
  for (const p of items) await ask(keeper.cookie, 'DELETE', `/packages/${p.id}`);
});

/** A planner whose only zone is ticked. */
async function atPlans(name: string) {
  const planner = await given.account('planner');
  const { code } = await given.zone(planner.cookie, name, block);
  const desk = await given.planner({ mode: 'plans', place: laoshan });
  await desk.get('plan-zone').check();
  return { desk, code };
}

/** Keeps only these parts in the order. */
async function holds(desk: Desk, parts: readonly string[]): Promise<void> {
  await desk.get('order-adjust').click();
  const all = desk.get('order-dialog').locator('input[data-testid^="part-"]');
  for (const box of await all.all()) {
    const part = (await box.getAttribute('data-testid'))?.slice('part-'.length) ?? '';
    await box.setChecked(parts.includes(part));
  }
}

/** The first package of the list becomes ready. */
const ready = (desk: Desk) =>
  expect
    .poll(() => desk.get('package').first().getAttribute('data-state'), { timeout: 80_000, interval: 500 })
    .toBe('ready');

test('one click makes the package that a bureau files, and its parts say the same numbers', async () => {
  const { desk, code } = await atPlans('成果片区');
  await holds(desk, ['atlas', 'book', 'geopackage']);
  await desk.get('order-title').fill('崂山成果');
  await desk.get('order-author').fill('规划院');
  await desk.get('order-keep').click();
  await then.shows(desk, 'order-parts', /图册.*片区台账.*GeoPackage/);
  await desk.get('package-make').click();
  await ready(desk);

  const { name, body } = await when.downloadBy(desk, 'package-download');
  expect(name).toMatch(/崂山成果.*\.zip$/);
  const files = unzip(body);
  const named = (ending: RegExp) => [...files].find(([file]) => ending.test(file))?.[1];
  for (const ending of [/\.pdf$/, /\.xlsx$/, /\.gpkg$/, /reproduce\.json$/])
    expect(named(ending)).toBeDefined();
  expect(
    named(/\.pdf$/)
      ?.subarray(0, 5)
      .toString(),
  ).toBe('%PDF-');

  const sql = await then.totalsOf(code);
  const sheets = readWorkbook(named(/\.xlsx$/) ?? Buffer.alloc(0));
  const facts = sheets.flatMap((s) => s.rows.flat()).filter(Boolean);
  expect(facts).toContain(String(sql.households));
  expect(facts.some((f) => f.includes('崂山成果'))).toBe(true);
  const layers = await ogrinfo(named(/\.gpkg$/) ?? Buffer.alloc(0));
  if (layers) {
    expect(layers).toMatch(/buildings/);
    expect(layers).toContain(`Feature Count: ${sql.buildings}`);
  }
});

test('a package is made again from the data of its moment, with the same bytes', async () => {
  const { desk, code } = await atPlans('复现片区');
  await holds(desk, ['book', 'geopackage']);
  await desk.get('order-make').click();
  await ready(desk);
  const sum = await desk.get('package-sum').first().getAttribute('title');

  // What happens to the zone afterwards does not change it.
  const planner = await given.account('planner');
  const { version } = await then.row<{ version: number }>(`select version from zone where code = '${code}'`);
  await ask(planner.cookie, 'DELETE', `/districts/${DISTRICT}/zones/${code}`, { version });
  await desk.get('package-again').first().click();
  await expect.poll(() => desk.get('package').count(), { timeout: 45_000 }).toBe(2);
  await ready(desk);
  await expect.poll(() => desk.get('package-sum').first().getAttribute('title')).toBe(sum);
  await then.shows(desk, 'package-reproduced', /逐字节相同/);
});

test('what was ordered last is what is ordered next; a package can be removed', async () => {
  const { desk } = await atPlans('记住的片区');
  await holds(desk, ['csv']);
  await when.choose(desk, 'crs', 'custom');
  await desk.get('crs-meridian').fill('12');
  await expect.poll(() => desk.get('order-make').isDisabled()).toBe(true);
  await desk.get('crs-meridian').fill('121°30′');
  await desk.get('order-encoding-gbk').click();
  await desk.get('order-make').click();
  await ready(desk);
  const { order } = await then.row<{ order: { crs: string; encoding: string } }>(
    `select ordered as order from package order by created_at desc limit 1`,
  );
  expect(order).toMatchObject({ crs: 'gk:cm=121.5,fe=500000,prefix=0', encoding: 'gbk' });

  await when.open(desk, 'plans', laoshan);
  await then.shows(desk, 'order-parts', 'CSV');

  await desk.get('plans-made').click();
  await desk.get('package-remove').click();
  await desk.get('package-remove-yes').click();
  await then.sees(desk, 'empty');
  expect((await then.row<{ n: number }>('select count(*)::int as n from package')).n).toBe(0);
});

test('nobody orders without a zone, and who may not export is told so', async () => {
  const { desk } = await atPlans('片区');
  await desk.get('plan-zone').uncheck();
  await expect.poll(() => desk.get('package-make').getAttribute('aria-disabled')).toBe('true');
  const viewer = await given.viewer({ mode: 'plans', place: laoshan, query: { plan: 'made' } });
  await then.shows(viewer, 'panel-plans', /不能导出/);
  expect(await then.overflows(desk)).toEqual([]);
});

/** What ogrinfo says of a file; null where there is no GDAL. */
async function ogrinfo(file: Buffer): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'lianpian-gpkg-'));
  try {
    const path = join(folder, 'file.gpkg');
    await writeFile(path, file);
    return execFileSync('ogrinfo', ['-ro', '-so', '-al', path], { encoding: 'utf8' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
