import type { FeatureCollection } from 'geojson';
import { beforeEach, expect, test } from 'vitest';
import { given, laoshan, type Position, then, when } from './driver';
import { readWorkbook } from './driver/workbook';

const block: Position[] = [
  [121.5118, 31.2396],
  [121.5172, 31.2396],
  [121.5172, 31.2366],
  [121.5118, 31.2366],
];
beforeEach(given.noZones);

async function zoneAtPlans(name: string) {
  const planner = await given.account('planner');
  const { code } = await given.zone(planner.cookie, name, block);
  const desk = await given.planner({ mode: 'plans', place: laoshan, query: { plan: 'file' } });
  await desk.get('plan-zone').check();
  return { desk, code };
}

test('a zone is exported as GeoJSON with its communities and buildings', async () => {
  const { desk, code } = await zoneAtPlans('导出片区');
  await desk.get('format-geojson').check();
  const { name, body } = await when.downloadBy(desk, 'export');
  expect(name).toMatch(/导出片区.*\.geojson$/);

  const file: FeatureCollection = JSON.parse(body.toString('utf8'));
  expect(file.type).toBe('FeatureCollection');
  const sql = await then.totalsOf(code);
  const ofLayer = (layer: string) => file.features.filter((f) => f.properties?.layer === layer).length;
  expect(ofLayer('zone')).toBe(1);
  expect(ofLayer('communities')).toBe(sql.communities);
  expect(ofLayer('buildings')).toBe(sql.buildings);
  const lngs = JSON.stringify(file.features[0]?.geometry).match(/121\.\d+/g) ?? [];
  expect(lngs.length).toBeGreaterThan(3);
  expect(body.toString('utf8')).toContain('演示数据');
  await then.shows(desk, 'toast', /已导出 1 个文件/);
});

test('a zone is exported as XLSX whose 合计 are the totals on the screen', async () => {
  const { desk, code } = await zoneAtPlans('导出片区');
  await desk.get('format-xlsx').check();
  const { name, body } = await when.downloadBy(desk, 'export');
  expect(name).toMatch(/导出片区.*\.xlsx$/);

  const sheets = readWorkbook(body);
  const named = (name: string) => sheets.find((s) => s.name === name);
  expect(sheets.map((s) => s.name)).toEqual([
    '片区汇总',
    '片区',
    '小区',
    '楼栋',
    '串线',
    '服务设施',
    '覆盖',
    '覆盖评分',
    '改造内容',
    '投资与分摊',
    '说明',
    '字段说明',
  ]);
  const sql = await then.totalsOf(code);
  const [summary, communities, buildings, notes] = ['片区汇总', '小区', '楼栋', '说明'].map(named);
  const total = totalRow(communities?.rows ?? []);
  expect(total('户数')).toBe(sql.households);
  expect(total('建筑面积')).toBeCloseTo(sql.floor_area_m2, 0);
  expect([...(communities?.formulas.values() ?? [])].some((f) => f.startsWith('SUM'))).toBe(true);
  expect(codesIn(communities?.rows ?? [], /^C\d+$/)).toBe(sql.communities);
  expect(codesIn(buildings?.rows ?? [], /^B\d+$/)).toBe(sql.buildings);
  const facts = summary?.rows.flat().filter(Boolean) ?? [];
  expect(facts).toContain(String(sql.households));
  expect(facts).toContain('导出片区');
  const said = notes?.rows.flat().join(' ') ?? '';
  for (const word of ['OpenStreetMap', 'ODbL', 'CGCS2000', 'wansheng-2020', desk.who.name])
    expect(said).toContain(word);

  // The same figures stand on the screen.
  await desk.page.getByRole('button', { name: /^导出片区/ }).click();
  await then.shows(desk, 'total-households', sql.households.toLocaleString('zh-CN'));
  await then.shows(desk, 'total-buildings', sql.buildings.toLocaleString('zh-CN'));
});

/** The figure of the 合计 row in the column whose header starts like this. */
function totalRow(rows: readonly string[][]): (header: string) => number {
  const heads = rows.find((r) => r?.filter(Boolean).some((c) => c.startsWith('户数'))) ?? [];
  const total = rows.find((r) => r?.some((c) => c?.startsWith('合计'))) ?? [];
  return (header) => Number(total[heads.findIndex((h) => h?.startsWith(header))]);
}
/** How many rows begin with such a code. */
const codesIn = (rows: readonly string[][], code: RegExp) =>
  rows.filter((r) => code.test(r?.[0] ?? '')).length;
