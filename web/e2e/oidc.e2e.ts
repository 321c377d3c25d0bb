import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { ask, type Desk, DISTRICT, given, LARGE, SMALL, then, when } from './driver';

/** Pictures of the pages, for people to look at: E2E_PICTURES names a folder. */
async function picture(desk: Desk, name: string): Promise<void> {
  const folder = process.env.E2E_PICTURES;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  for (const size of [SMALL, LARGE]) {
    await desk.page.setViewportSize(size);
    await desk.page.screenshot({ path: join(folder, `${name}-${size.width}.png`) });
  }
  await desk.page.setViewportSize(SMALL);
}

let count = 0;
/** An account that has nothing but its name, for the provider to be bound to. */
async function someone(): Promise<{ name: string; id: string }> {
  const name = `by-provider-${process.pid}-${++count}`;
  const made = await ask<{ id: string }>(inject('service').keeper, 'POST', '/accounts', {
    body: { name, display_name: '王规划', role: 'planner', district: DISTRICT },
  });
  return { name, id: made.body.id };
}

/** A window at the door of a page, in which nobody is signed in. */
async function atTheDoor(path = '/'): Promise<Desk> {
  const desk = await given.stranger();
  desk.allow(/401/);
  await desk.page.goto(inject('service').url + path);
  await then.sees(desk, 'sign-in-provider');
  return desk;
}

/** Presses the button and signs in at the provider. */
async function comesBy(desk: Desk, name: string): Promise<void> {
  await desk.get('sign-in-provider').click();
  await desk.get('provider-name').fill(name);
  await desk.get('provider-enter').click();
}

/** The sentences that the sign-in page says. */
async function told(desk: Desk): Promise<string[]> {
  await then.sees(desk, 'sign-in-provider');
  return desk.page.locator('[data-testid="sign-in"] [class*=notice]').allTextContents();
}

test('the button leads to the provider and back to the page that was wanted', async () => {
  const person = await someone();
  const desk = await atTheDoor(`/d/${DISTRICT}/zones`);
  await then.shows(desk, 'sign-in-provider', '通过市统一身份认证登录');
  expect(await then.seriousFaults(desk)).toEqual([]);
  expect(await then.overflows(desk)).toEqual([]);
  await picture(desk, 'sign-in');

  await comesBy(desk, person.name);
  await then.sees(desk, 'panel-zones');
  await then.shows(desk, 'account-menu', '王规划');
  expect(new URL(desk.page.url()).pathname).toBe(`/d/${DISTRICT}/zones`);

  await desk.page.goto('/people/own');
  await then.sees(desk, 'own-identity');
  await then.sees(desk, 'session-row');
  expect(await desk.get('password-form').count()).toBe(0);
  await expect.poll(() => desk.get('identity-unbind').getAttribute('aria-disabled')).toBe('true');
  expect(await desk.get('session-row').textContent()).toContain('通过统一身份认证登录');
  expect(await then.seriousFaults(desk)).toEqual([]);
  expect(await then.overflows(desk)).toEqual([]);
  await picture(desk, 'own-account');
});

test('signing out leads on to the end of the session at the provider, and back to the door', async () => {
  const person = await someone();
  const desk = await atTheDoor();
  await comesBy(desk, person.name);
  await when.firstMap(desk);

  await desk.get('account-menu').click();
  await desk.get('menu-sign-out').click();
  await then.sees(desk, 'provider-left');
  expect(new URL(desk.page.url()).origin).toBe(inject('service').provider);
  await desk.get('provider-back').click();
  expect(await told(desk)).toEqual([]);
  expect(new URL(desk.page.url()).href).toBe(`${inject('service').url}/sign-in`);
  await desk.get('sign-in-provider').click();
  await then.sees(desk, 'provider-name'); // it knows nobody any longer
});

test('who breaks off at the provider, and whom nobody has let in, is told so in one sentence', async () => {
  const desk = await atTheDoor();
  await desk.get('sign-in-provider').click();
  await desk.get('provider-deny').click();
  expect(await told(desk)).toEqual(['已取消统一身份认证登录']);
  await picture(desk, 'denied');

  await comesBy(desk, 'nobody-of-this-name');
  expect(await told(desk)).toEqual(['您在本系统还没有账号或权限，请联系管理员']);
  expect(await then.seriousFaults(desk)).toEqual([]);
  await picture(desk, 'stranger');
  await desk.page.goto('/');
  await then.sees(desk, 'sign-in-name');
});

test('what the provider ends is ended here', async () => {
  const person = await someone();
  const { url, provider } = inject('service');
  const desk = await atTheDoor();
  await comesBy(desk, person.name);
  await when.firstMap(desk);
  const ended = await fetch(`${provider}/tell`, {
    method: 'POST',
    body: new URLSearchParams({ name: person.name, to: `${url}/api/v1/session/provider/logout` }),
  });
  expect(await ended.json()).toEqual({ status: 200 });
  await desk.page.reload();
  await then.sees(desk, 'sign-in-name');
});

/** Comes by the provider to the page of the own account. */
async function comesHome(name: string): Promise<Desk> {
  const desk = await atTheDoor('/people/own');
  await comesBy(desk, name);
  await then.sees(desk, 'own-identity');
  return desk;
}

test('a person with a password unbinds their account, and sessions of the provider elsewhere end', async () => {
  const person = await given.account('planner');
  await ask(person.cookie, 'PUT', '/session/password', { body: { new: 'seven-blue-ducks' } });
  const desk = await comesHome(person.name);
  const elsewhere = await comesHome(person.name);
  await then.sees(desk, 'password-form');
  await picture(desk, 'own-account-with-password');
  await desk.get('identity-unbind').click();
  await picture(desk, 'unbind');
  await desk.get('identity-unbind-confirm').click();
  await then.misses(desk, 'own-identity');
  await then.sees(desk, 'password-form');
  await elsewhere.page.reload();
  await then.sees(elsewhere, 'sign-in-name');
});

test('an administrator unbinds somebody’s account, who is out at once', async () => {
  const person = await someone();
  const desk = await comesHome(person.name);
  const administrator = await given.administrator();
  await administrator.page.goto('/people/accounts');
  const row = administrator.page.locator(`[data-testid="account-row"][data-name="${person.name}"]`);
  expect(await row.getByTestId('account-bound').textContent()).toBe('已关联统一身份认证');
  await picture(administrator, 'people');
  await row.getByTestId('account-person').click();
  await then.sees(administrator, 'person-identity');
  expect(await then.seriousFaults(administrator)).toEqual([]);
  await picture(administrator, 'person');
  await administrator.get('identity-unbind').click();
  await picture(administrator, 'unbind-somebody');
  await administrator.get('identity-unbind-confirm').click();
  await then.misses(administrator, 'person-identity');
  await expect.poll(() => row.getByTestId('account-bound').count()).toBe(0);
  await desk.page.reload();
  await then.sees(desk, 'sign-in-name');
});
