import { expect, test } from 'vitest';
import { channels, coloursOf, paintOf, tenseOf, unplanned } from './ramp';

/** Relative luminance as WCAG 2 defines it. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = channels(hex).map((v) => {
    const c = v / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
/** What somebody without red (or green) cones sees, after Viénot, Brettel and Mollon 1999. */
function dichromat(hex: string, kind: 'protan' | 'deutan'): number[] {
  const [r = 0, g = 0, b = 0] = channels(hex).map((v) => (v / 255) ** 2.2);
  const yellow = kind === 'protan' ? 0.11238 * r + 0.88762 * g : 0.29275 * r + 0.70725 * g;
  const blue = kind === 'protan' ? 0.00401 * r - 0.00401 * g + b : -0.02234 * r + 0.02234 * g + b;
  return [yellow, yellow, blue].map((v) => 255 * Math.max(0, v) ** (1 / 2.2));
}
const between = (a: number[], b: number[]) => Math.hypot(...a.map((v, i) => v - (b[i] ?? 0)));
const plan = (n: number) => Array.from({ length: n }, (_, i) => 2026 + i);

test.each(['light', 'dark'] as const)('years grow lighter one after the other in %s', (theme) => {
  for (const n of [1, 2, 3, 5, 8, 20]) {
    const light = [...coloursOf(plan(n), theme).values()].map(luminance);
    expect(light).toHaveLength(n);
    expect(light).toEqual(light.toSorted((a, b) => a - b));
    expect(new Set(light).size).toBe(n);
  }
});

test.each(['protan', 'deutan'] as const)('five years stay apart for %s eyes', (kind) => {
  for (const theme of ['light', 'dark'] as const) {
    const seen = [...coloursOf(plan(5), theme).values()].map((c) => dichromat(c, kind));
    for (let i = 0; i + 1 < seen.length; i++)
      expect(between(seen[i] ?? [], seen[i + 1] ?? [])).toBeGreaterThan(28);
  }
});

test('a year is past, now or later to the one that is shown', () => {
  expect([2026, 2027, 2028, null].map((y) => tenseOf(y, 2027))).toEqual(['past', 'now', 'later', 'none']);
  expect(tenseOf(2027, null)).toBe('all');
});

test('what comes later has no colour of its own yet, and what is now is the strongest', () => {
  const colours = coloursOf(plan(3), 'light');
  const [past, now, later] = plan(3).map((y) => paintOf(y, 2027, colours, 'light'));
  expect(later).toMatchObject({ colour: unplanned.light, fill: 0 });
  expect(past?.colour).toBe(colours.get(2026));
  expect(now?.fill).toBeGreaterThan(past?.fill ?? 1);
  expect(paintOf(null, null, colours, 'light').colour).toBe(unplanned.light);
});
