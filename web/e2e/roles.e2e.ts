import { beforeEach, expect, test } from 'vitest';
import { ask, type Desk, DISTRICT, given, laoshan, type Position, then, when } from './driver';

const own = '310115007'; // 崂山片
const foreign = '310115002'; // 外滩片
const block: Position[] = [
  [121.5118, 31.2396],
  [121.5172, 31.2396],
  [121.5172, 31.2366],
  [121.5118, 31.2366],
];
beforeEach(given.noZones);

const refused = (desk: Desk, testId: string) => desk.get(testId).first().getAttribute('aria-disabled');

test('a viewer sees everything and is offered no edit', async () => {
  const planner = await given.account('planner');
  const { code } = await given.zone(planner.cookie, '只读片区', block);
  const community = await then.row<{ code: string; n: number }>(
    `select code, (select count(*) from community) as n from community where name = '崂山二村'`,
  );
  const desk = await given.viewer({ place: laoshan, query: { select: `community:${community.code}` } });
  await then.shows(desk, 'found', `共 ${community.n} 个小区`);
  await then.shows(desk, 'inspector-title', '崂山二村');
  for (const action of ['community-edit', 'override']) expect(await refused(desk, action)).toBe('true');
  await desk.get('community-edit').click({ force: true });
  expect(await desk.get('community-form').count()).toBe(0);

  await desk.get('mode-zones').click();
  expect(await refused(desk, 'draw-polygon')).toBe('true');
  await desk.get('zone-item').click();
  await then.shows(desk, 'inspector-title', '只读片区');
  for (const action of ['zone-edit', 'zone-rename', 'zone-delete'])
    expect(await refused(desk, action)).toBe('true');
  await desk.get('mode-coverage').click();
  await then.sees(desk, 'coverage-run');
  expect(await refused(desk, 'coverage-run')).toBe('true');
  await desk.get('mode-plans').click();
  await then.sees(desk, 'package-make');
  expect(await refused(desk, 'package-make')).toBe('true');
  await desk.get('plans-file').click();
  await then.sees(desk, 'export');
  expect(await refused(desk, 'export')).toBe('true');
  await desk.get('mode-data').click();
  await desk.page.getByText('您的角色不能导入数据').waitFor();
  expect(await desk.get('import-start').count()).toBe(0);
  await desk.get('account-menu').click();
  await then.sees(desk, 'menu-sign-out');
  expect(await desk.get('menu-accounts').count()).toBe(0);

  // And the service refuses who asks it directly.
  await ask(desk.who.cookie, 'DELETE', `/districts/${DISTRICT}/zones/${code}`, { version: 1, status: 403 });
});

test('an officer sees and edits only the own subdistricts', async () => {
  const counts = await then.row<{ own: number; other: string; mine: string }>(
    `select (select count(*) from community where subdistrict_code = '${own}') as own,
       (select name from community where subdistrict_code = '${foreign}' order by code limit 1) as other,
       (select code from community where name = '崂山二村') as mine`,
  );
  const other = await then.row<{ code: string }>(
    `select code from community where subdistrict_code = '${foreign}' order by code limit 1`,
  );
  const desk = await given.officer([own], { place: laoshan });
  desk.allow(/404/);
  await then.shows(desk, 'found', `共 ${counts.own} 个小区`);
  await then.shows(desk, 'row-count', `${counts.own} / ${counts.own} 行`);

  await desk.page.locator(`[data-testid="grid-row"][data-code="${counts.mine}"]`).click();
  await then.shows(desk, 'inspector-title', '崂山二村');
  expect(await refused(desk, 'community-edit')).not.toBe('true');

  await desk.page.keyboard.press('/');
  await desk.page.keyboard.type(counts.other);
  await expect.poll(() => desk.get('search-hit').filter({ hasText: counts.other }).count()).toBe(0);
  await when.open(desk, 'registry', laoshan, { select: `community:${other.code}` });
  await then.sees(desk, 'failure');
  await ask(desk.who.cookie, 'GET', `/districts/${DISTRICT}/communities/${other.code}`, { status: 404 });

  await desk.get('mode-coverage').click();
  await then.sees(desk, 'coverage-run');
  expect(await desk.get('coverage-area-district').count()).toBe(0);
});

test('an administrator makes an account whose link opens the product', async () => {
  const desk = await given.administrator();
  await desk.get('account-menu').click();
  await desk.get('menu-accounts').click();
  await desk.get('account-new').click();
  const name = `wang-${process.pid}`;
  await desk.get('account-name').fill(name);
  await desk.get('account-display-name').fill('王工');
  await desk.get('account-role-viewer').check();
  await desk.get('account-save').click();
  await then.sees(desk, 'link-url');
  const link = await desk.get('link-url').inputValue();
  await desk.page.keyboard.press('Escape');
  await desk.page.locator(`[data-testid="account-row"][data-name="${name}"]`).getByText('王工').waitFor();

  const wang = await given.stranger();
  wang.allow(/401/);
  await wang.page.goto(link);
  await wang.get('password-later').click();
  await then.shows(wang, 'account-menu', '王工');

  await when.open(desk, 'registry');
  await desk.get('account-menu').click();
  await desk.get('menu-audit').click();
  await desk.get('audit-row').filter({ hasText: name }).first().waitFor();
});
