import { expect, inject, test } from 'vitest';
import { given, then, when } from './driver';

const password = '连片-改造-2024';

test('the one-time link signs the first administrator in, who sets a password and comes back with it', async () => {
  const desk = await given.stranger();
  desk.allow(/401/);
  const { url, link } = inject('service');

  await desk.page.goto(link);
  await desk.get('password-new').fill(password);
  await desk.get('password-again').fill('something else');
  await desk.get('password-save').click();
  await desk.page.getByText('两次输入不一致').waitFor();
  await desk.get('password-again').fill(password);
  await desk.get('password-save').click();
  await when.firstMap(desk);
  expect(new URL(desk.page.url()).pathname).toBe('/d/310115/registry');

  await desk.get('account-menu').click();
  await desk.get('menu-sign-out').click();
  await then.sees(desk, 'sign-in-name');
  await desk.page.goto(`${url}/d/310115/zones`);
  await then.sees(desk, 'sign-in-name');

  await desk.get('sign-in-name').fill('admin');
  await desk.get('sign-in-password').fill(password);
  await desk.get('sign-in-submit').click();
  await then.sees(desk, 'panel-zones');
  await then.shows(desk, 'account-menu', '管理员');
});

test('a link works once', async () => {
  const desk = await given.stranger();
  desk.allow(/401/);
  const keeper = inject('service').keeper;
  const person = await given.account('viewer');
  const id = (
    await then.row<{ id: string }>(`select id from account where name = :'name'`, { name: person.name })
  ).id;
  const link = (await given.link(keeper, id)).url;

  await desk.page.goto(link);
  await desk.get('password-later').click();
  await when.firstMap(desk);
  await desk.page.context().clearCookies();
  await desk.page.goto(link);
  await desk.page.getByText('这个登录链接已用过或已过期').waitFor();
  await then.sees(desk, 'sign-in-name');
});

test('a wrong password and an unknown name bring the same one clear message', async () => {
  const person = await given.account('planner');
  for (const name of [person.name, 'nobody-of-this-name']) {
    const desk = await given.stranger();
    desk.allow(/401/);
    await desk.page.goto(inject('service').url);
    await desk.get('sign-in-name').fill(name);
    await desk.get('sign-in-password').fill('not the password');
    await desk.get('sign-in-submit').click();
    const alerts = desk.page.getByRole('alert');
    await alerts.first().waitFor();
    expect(await alerts.allTextContents()).toEqual(['用户名或密码不对']);
  }
});

test('a session whose account is deleted ends at the sign-in page', async () => {
  const desk = await given.viewer();
  desk.allow(/401/);
  const keeper = inject('service').keeper;
  const account = await then.row<{ id: string; version: number }>(
    `select id, version from account where name = :'name'`,
    { name: desk.who.name },
  );
  await given.deletedAccount(keeper, account.id, account.version);
  await desk.page.reload();
  await then.sees(desk, 'sign-in-name');
});
