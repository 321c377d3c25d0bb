// How slow the machine is at this moment: goals in milliseconds are stated for two
// cores that do nothing else, and tests run where something else may be going on.
import type { BrowserContext } from 'playwright-core';
import { address } from './place';

/** Milliseconds that `fixedWork` takes on two quiet cores. */
const FIXED_WORK = 220;

/** How many times as long as on a quiet machine a page needs now, at least 1. */
export async function slowed(context: BrowserContext): Promise<number> {
  const page = await context.newPage();
  await page.goto(new URL('/healthz', address('registry')).href);
  const milliseconds = await page.evaluate(fixedWork);
  await page.close();
  return Math.max(1, milliseconds / FIXED_WORK);
}

/** What a page does when it starts: objects made, written, read and sorted. */
function fixedWork(): number {
  const begun = performance.now();
  for (let round = 0; round < 4; round++) {
    const rows = Array.from({ length: 20_000 }, (_, i) => ({
      code: `c${(i * 7919) % 20_011}`,
      lng: i / 3,
      lat: i / 7,
    }));
    const read = JSON.parse(JSON.stringify(rows)) as typeof rows;
    read.sort((a, b) => (a.code < b.code ? -1 : 1));
    if (new Map(read.map((r) => [r.code, r])).size === 0) throw new Error('no rows');
  }
  return performance.now() - begun;
}
