import { describe, expect, it } from 'vitest';
import { distanceToSegment, type Pixel, simplifyRing } from './freehand';

const circleOf = (n: number, r: number): Pixel[] =>
  Array.from({ length: n }, (_, i) => {
    const a = (2 * Math.PI * i) / n;
    return [200 + r * Math.cos(a), 200 + r * Math.sin(a)];
  });

describe('the path of a hand', () => {
  it('keeps the corners of a square and drops what lies between', () => {
    const side = (a: Pixel, b: Pixel): Pixel[] =>
      Array.from({ length: 50 }, (_, i) => [
        a[0] + ((b[0] - a[0]) * i) / 50,
        a[1] + ((b[1] - a[1]) * i) / 50,
      ]);
    const corners: Pixel[] = [
      [0, 0],
      [100, 0],
      [100, 100],
      [0, 100],
    ];
    const path = corners.flatMap((c, i) => side(c, corners[(i + 1) % 4] ?? c));
    expect(simplifyRing(path, 2)).toEqual([0, 50, 100, 150]);
  });

  it.each([1, 2.5, 6])('leaves no point farther than %d px from the outline that is kept', (tolerance) => {
    const wobbly = circleOf(400, 120).map(
      ([x, y], i): Pixel => [x + 3 * Math.sin(i * 1.7), y + 3 * Math.cos(i * 2.3)],
    );
    const kept = simplifyRing(wobbly, tolerance);
    expect(kept.length).toBeLessThan(wobbly.length);
    const ring = [...kept, (kept[0] ?? 0) + wobbly.length];
    for (let k = 1; k < ring.length; k++) {
      const [a = 0, b = 0] = [ring[k - 1], ring[k]];
      for (let i = a; i <= b; i++) {
        const at = (j: number) => wobbly[j % wobbly.length];
        expect(distanceToSegment(at(i), at(a), at(b))).toBeLessThanOrEqual(tolerance + 1e-9);
      }
    }
  });

  it('is no area when it is a dot or a stroke there and back', () => {
    expect(simplifyRing([[5, 5]], 2)).toEqual([]);
    expect(
      simplifyRing(
        Array.from({ length: 30 }, () => [5, 5] as const),
        2,
      ),
    ).toEqual([]);
    const there: Pixel[] = Array.from({ length: 30 }, (_, i) => [i, 0]);
    expect(simplifyRing([...there, ...[...there].reverse()], 2)).toEqual([]);
  });
});
