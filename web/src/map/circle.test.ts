import { expect, it } from 'vitest';
import { circle } from './circle';

const R = 6371008.8;
const rad = Math.PI / 180;
function metres([a, b]: [number, number], [c, d]: [number, number]): number {
  const h =
    Math.sin(((d - b) * rad) / 2) ** 2 +
    Math.cos(b * rad) * Math.cos(d * rad) * Math.sin(((c - a) * rad) / 2) ** 2;
  return 2 * R * Math.asin(Math.sqrt(h));
}

it.each([300, 1000, 20_000])('every corner of the circle lies %i m away', (radius) => {
  const centre: [number, number] = [106.92, 28.96];
  const ring = circle(centre, radius).geometry.coordinates[0] ?? [];
  expect(ring).toHaveLength(65);
  expect(ring[0]).toEqual(ring.at(-1));
  for (const [x = 0, y = 0] of ring) expect(metres(centre, [x, y])).toBeCloseTo(radius, 3);
});
