// A desk: one person's browser window with the product in it. Everything the
// browser complains about is collected, and a test fails when it did not say
// beforehand that it would.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, inject } from 'vitest';
import type { Person } from './people';

export const SMALL = { width: 1366, height: 768 };
export const LARGE = { width: 1920, height: 1080 };

export interface Desk {
  page: Page;
  /** The element with this data-testid. */
  get: (testId: string) => Locator;
  /** Says that the browser may complain about this, because the test provokes it. */
  allow: (complaint: RegExp) => void;
}

let browser: Promise<Browser> | undefined;
const open: { context: BrowserContext; page: Page; complaints: string[]; allowed: RegExp[] }[] = [];

/** An empty window, with the session of the person where there is one. */
export async function newDesk(person: Person | null, size = SMALL): Promise<Desk> {
  browser ??= chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--ignore-gpu-blocklist',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  const context = await (await browser).newContext({
    viewport: size,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    baseURL: inject('service').url,
    acceptDownloads: true,
    // The map jumps where it would glide: what a test sees does not hang on the moment.
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(45_000);
  if (person) {
    const [name = '', value = ''] = person.cookie.split('=');
    await context.addCookies([{ name, value, url: inject('service').url, httpOnly: true, sameSite: 'Lax' }]);
  }
  // What the content policy refuses is a complaint, too, with the place that it came from.
  await context.addInitScript(() =>
    addEventListener('securitypolicyviolation', (e) =>
      console.error(`content policy: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`),
    ),
  );
  const page = await context.newPage();
  const complaints: string[] = [];
  const allowed: RegExp[] = [];
  page.on('console', (m) => {
    if (m.type() === 'error' || m.type() === 'warning')
      complaints.push(`${m.type()}: ${m.text()} ${m.location().url}`);
  });
  page.on('pageerror', (e) => complaints.push(`uncaught: ${e.message}`));
  open.push({ context, page, complaints, allowed });
  return { page, get: (testId) => page.getByTestId(testId), allow: (complaint) => allowed.push(complaint) };
}

const pictures = resolve(import.meta.dirname, '../../../.cache/e2e');

afterEach(async ({ task }) => {
  const desks = open.splice(0);
  const failed = task.result?.state === 'fail';
  for (const [i, { page }] of desks.entries()) {
    if (!failed) continue;
    mkdirSync(pictures, { recursive: true });
    await page
      .screenshot({ path: join(pictures, `${task.name.replace(/\W+/g, '-')}-${i + 1}.png`) })
      .catch(() => {});
  }
  await Promise.all(desks.map(({ context }) => context.close()));
  const complaints = desks.flatMap((d) => d.complaints.filter((c) => !d.allowed.some((a) => a.test(c))));
  if (complaints.length) throw new Error(`the browser complained:\n${complaints.join('\n')}`);
});

afterAll(async () => {
  await (await browser)?.close();
  browser = undefined;
});
