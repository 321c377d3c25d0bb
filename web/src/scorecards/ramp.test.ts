import { describe, expect, test } from 'vitest';
import { classLabels, classOf, colourOf, colours, inkOf, UNKNOWN } from './ramp';

describe('colours of shares', () => {
  test.each([
    [0, 0],
    [0.199, 0],
    [0.2, 1],
    [0.5, 2],
    [0.8, 4],
    [1, 4],
  ])('a share of %d is in class %d', (share, at) => expect(classOf(share)).toBe(at));
  test('no share has a colour of its own', () => {
    expect(colourOf(null)).toBe(UNKNOWN);
    expect(colours).not.toContain(UNKNOWN);
  });
  test('there is a label for each class', () =>
    expect(classLabels()).toEqual(['< 20%', '20–40%', '40–60%', '60–80%', '≥ 80%']));
  test('what is written on a colour can be read', () => {
    for (const share of [0, 0.3, 0.5, 0.7, 1])
      expect(contrast(colourOf(share), inkOf(share)), `at ${share}`).toBeGreaterThan(4.5);
  });
});

/** WCAG 2.2 contrast ratio. */
function contrast(a: string, b: string): number {
  const light = (hex: string) =>
    [1, 3, 5]
      .map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, i) => sum + c * ([0.2126, 0.7152, 0.0722][i] ?? 0), 0.05);
  const [x, y] = [light(a), light(b)];
  return Math.max(x, y) / Math.min(x, y);
}
