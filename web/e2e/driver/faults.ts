// What is wrong with a page in itself: what does not fit, what cannot be used
// with a keyboard or a screen reader.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Desk } from './desk';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What sticks out of the window, or is wider than the box it should scroll in. */
export function overflows(desk: Desk): Promise<string[]> {
  return desk.page.evaluate(() => {
    const out: string[] = [];
    const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement;
    if (scrollWidth > clientWidth || scrollHeight > clientHeight)
      out.push(`document ${scrollWidth}×${scrollHeight} in ${clientWidth}×${clientHeight}`);
    for (const e of document.querySelectorAll<HTMLElement>(
      'header, nav, aside, section, footer, [class*=scroll]',
    )) {
      const style = getComputedStyle(e);
      const box = e.getBoundingClientRect();
      const name = `${e.tagName.toLowerCase()}.${e.className} [${e.dataset.testid ?? ''}]`;
      if (box.right > clientWidth + 1 || box.bottom > clientHeight + 1) out.push(`${name} leaves the window`);
      if (e.scrollWidth > e.clientWidth + 1 && !/auto|scroll/.test(style.overflowX))
        out.push(`${name} is too narrow`);
    }
    return out;
  });
}

/** Serious and critical accessibility faults. */
export async function seriousFaults(desk: Desk): Promise<string[]> {
  // The page's content policy allows no foreign scripts, so the checker comes in through the debugger.
  await desk.page.evaluate(axe);
  const results = await desk.page.evaluate(() =>
    (window as unknown as { axe: { run: (o: object) => Promise<AxeResults> } }).axe.run({
      resultTypes: ['violations'],
    }),
  );
  return results.violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .flatMap((v) =>
      v.nodes.map((n) => `${v.id}: ${n.target.join(' ')} ${n.failureSummary?.split('\n')[1]?.trim() ?? ''}`),
    );
}
