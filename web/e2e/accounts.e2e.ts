import { expect, inject, test } from 'vitest';
import { ask, type Desk, given, then, when } from './driver';

const first = 'seven-blue-ducks';
const second = 'eight-green-geese';

async function signIn(desk: Desk, name: string, password: string): Promise<void> {
  await desk.page.goto('/');
  await desk.get('sign-in-name').fill(name);
  await desk.get('sign-in-password').fill(password);
  await desk.get('sign-in-submit').click();
}

/** The page of one's own account. */
async function opensOwn(desk: Desk): Promise<void> {
  await desk.page.goto('/people/own');
  await then.sees(desk, 'own-account');
  await then.sees(desk, 'session-row');
}

/** Hashing passwords takes its time on a crowded machine. */
const soon = { timeout: 45_000 };
const row = (desk: Desk, name: string) =>
  desk.page.locator(`[data-testid="account-row"][data-name="${name}"]`);

test('a person changes the password by its rules, and other devices are signed out', async () => {
  const desk = await given.planner();
  desk.allow(/401|400|422/);
  const { name } = desk.who;
  await opensOwn(desk);
  expect(await then.seriousFaults(desk)).toEqual([]);

  // A one-time link opened this session: the current password is not asked for.
  expect(await desk.get('password-current').count()).toBe(0);
  await desk.get('password-new').fill(`${name}-and-more`);
  await expect.poll(() => desk.get('rule-nameless').getAttribute('data-kept')).toBe('false');
  await desk.get('password-new').fill(first);
  await desk.get('password-again').fill(first);
  for (const rule of ['long', 'nameless', 'same'])
    await expect.poll(() => desk.get(`rule-${rule}`).getAttribute('data-kept')).toBe('true');
  await desk.get('password-save').click();
  await desk.page.getByText('密码已保存').waitFor();

  const elsewhere = await given.stranger();
  elsewhere.allow(/401/);
  await signIn(elsewhere, name, first);
  await then.sees(elsewhere, 'account-menu');

  await opensOwn(desk);
  await expect.poll(() => desk.get('session-row').count(), soon).toBe(2);
  await expect
    .poll(() => desk.page.locator('[data-testid="session-row"][data-current="true"]').count())
    .toBe(1);
  await desk.get('password-current').fill('not the password');
  await desk.get('password-new').fill(second);
  await desk.get('password-again').fill(second);
  await desk.get('password-save').click();
  await desk.page.getByText('当前密码不对').waitFor();
  await desk.get('password-current').fill(first);
  await desk.get('password-save').click();
  await expect.poll(() => desk.get('session-row').count(), soon).toBe(1);
  await elsewhere.page.reload();
  await then.sees(elsewhere, 'sign-in-name');

  // A common one is refused by the service, in a sentence.
  await desk.get('password-current').fill(second);
  await desk.get('password-new').fill('qwertyuiop12');
  await desk.get('password-again').fill('qwertyuiop12');
  await desk.get('password-save').click();
  await desk.page.getByRole('alert').filter({ hasText: '容易被猜中' }).waitFor();
});

test('a person ends one other session', async () => {
  const desk = await given.planner();
  desk.allow(/401/);
  await opensOwn(desk);
  await desk.get('password-new').fill(first);
  await desk.get('password-again').fill(first);
  await desk.get('password-save').click();
  await desk.page.getByText('密码已保存').waitFor();
  const elsewhere = await given.stranger();
  elsewhere.allow(/401/);
  await signIn(elsewhere, desk.who.name, first);
  await then.sees(elsewhere, 'account-menu');

  await opensOwn(desk);
  await expect.poll(() => desk.get('session-end').count(), soon).toBe(1);
  await desk.get('session-end').click();
  await expect.poll(() => desk.get('session-row').count(), soon).toBe(1);
  await expect.poll(() => desk.get('sessions-end-others').getAttribute('aria-disabled')).toBe('true');
  await elsewhere.page.reload();
  await then.sees(elsewhere, 'sign-in-name');
});

test('a token is shown once, opens what it says, and is dead once revoked', async () => {
  const desk = await given.planner();
  await desk.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await opensOwn(desk);
  await then.sees(desk, 'tokens-empty');
  await desk.get('token-new').click();
  await desk.get('token-save').click();
  await desk.page.getByText('请写明令牌的用途').waitFor();
  await desk.get('token-name').fill('QGIS 读取片区');
  expect(await then.seriousFaults(desk)).toEqual([]);
  await when.choose(desk, 'token-days', '30');
  await desk.get('token-save').click();
  const text = await desk.get('token-text').inputValue();
  expect(text).toMatch(/^lpt_/);
  await desk.get('token-text-copy').click();
  expect(await desk.page.evaluate(() => navigator.clipboard.readText())).toBe(text);
  await desk.get('token-kept').click();
  await then.misses(desk, 'token-made');
  expect(await desk.page.content()).not.toContain(text);

  const tokened = (method: string, path: string) =>
    fetch(`${inject('service').url}/api/v1${path}`, { method, headers: { Authorization: `Bearer ${text}` } });
  expect((await tokened('GET', '/districts')).status).toBe(200);
  expect((await tokened('POST', '/districts/310115/zones')).status).toBe(403);
  expect((await tokened('GET', '/session/tokens')).status).toBe(403);

  await desk.page.reload();
  await then.sees(desk, 'token-row');
  await desk.get('token-revoke').click();
  await desk.get('token-revoke-confirm').click();
  await then.sees(desk, 'tokens-empty');
  expect((await tokened('GET', '/districts')).status).toBe(401);
  await desk.get('tokens-all').check();
  await expect.poll(() => desk.get('token-row').getAttribute('data-state')).toBe('revoked');
});

test('an administrator locks a person out and in again, and ends sessions and tokens', async () => {
  const planner = await given.account('planner');
  await ask(planner.cookie, 'POST', '/session/tokens', {
    body: { name: '夜间同步', access: 'read', days: 30 },
  });
  const desk = await given.administrator();
  await desk.page.goto('/people/accounts');
  await row(desk, planner.name).getByTestId('account-person').click();
  await then.sees(desk, 'session-row');
  await then.sees(desk, 'token-row');
  expect(await then.seriousFaults(desk)).toEqual([]);
  await desk.get('token-revoke').click();
  await desk.get('token-revoke-confirm').click();
  await then.sees(desk, 'tokens-empty');
  await desk.get('person-end-all').click();
  await then.misses(desk, 'session-row');
  await ask(planner.cookie, 'GET', '/session', { status: 401 });
  await desk.page.keyboard.press('Escape');
  await then.misses(desk, 'person-dialog');

  await row(desk, planner.name).getByTestId('account-lock').click();
  await desk.get('account-lock-confirm').click();
  await row(desk, planner.name).getByTestId('account-locked').waitFor();
  expect(await row(desk, planner.name).getByTestId('account-link').getAttribute('aria-disabled')).toBe(
    'true',
  );
  expect(await row(desk, desk.who.name).getByTestId('account-lock').getAttribute('aria-disabled')).toBe(
    'true',
  );
  await row(desk, planner.name).getByTestId('account-lock').click();
  await row(desk, planner.name).getByTestId('account-locked').waitFor({ state: 'hidden' });
  expect(await then.seriousFaults(desk)).toEqual([]);
});

test('the audit trail is narrowed by person, time and thing, and goes out as a file', async () => {
  const planner = await given.account('planner');
  const { code } = await given.zone(planner.cookie, '记录片区', [
    [121.5118, 31.2396],
    [121.5172, 31.2396],
    [121.5172, 31.2366],
  ]);
  const desk = await given.administrator();
  await desk.page.goto('/people/accounts');
  await row(desk, planner.name).getByTestId('account-trail').click();
  await desk.page.locator('[data-testid="audit-row"][data-action="zone.create"]').waitFor();
  const { n } = await then.row<{ n: number }>(
    `select count(*) as n from audit_entry where account_name = :'name'`,
    { name: planner.name },
  );
  await expect.poll(() => desk.get('audit-row').count()).toBe(n);
  expect(await then.seriousFaults(desk)).toEqual([]);

  await desk.page.locator('[data-testid="audit-row"][data-action="zone.create"]').getByRole('button').click();
  await desk.get('audit-only-thing').click();
  await expect.poll(() => desk.get('audit-row').count(), soon).toBe(1);
  expect(await desk.get('audit-code').inputValue()).toBe(code);

  await desk.get('audit-export').click();
  const csv = await when.downloadBy(desk, 'audit-export-csv');
  expect(csv.name).toMatch(/\.csv$/);
  const lines = csv.body.toString('utf8').trim().split('\n');
  expect(lines[0]).toContain('编号');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain(code);
  await desk.get('audit-export').click();
  const jsonl = await when.downloadBy(desk, 'audit-export-jsonl');
  expect(JSON.parse(jsonl.body.toString('utf8').trim())).toMatchObject({
    action: 'zone.create',
    person: planner.name,
  });

  await desk.get('audit-until').fill('2020-01-01');
  await desk.page.getByText('没有符合条件的记录').waitFor();
  await desk.page.reload();
  expect(await desk.get('audit-until').inputValue()).toBe('2020-01-01');
  await desk.get('audit-clear').click();
  await then.sees(desk, 'audit-row');
});
