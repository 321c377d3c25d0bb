import { expect, test } from 'vitest';
import { outlineOf, radarOf } from './radar';

test('four shares lie on the four axes, clockwise from the top', () => {
  const spokes = radarOf([1, 0.5, 0, 0.25], 50, 40);
  expect(spokes.map((s) => s.value)).toEqual([
    { x: 50, y: 10 },
    { x: 70, y: 50 },
    { x: 50, y: 50 },
    { x: 40, y: 50 },
  ]);
  expect(outlineOf(spokes)).toBe('50,10 70,50 50,50 40,50');
  expect(spokes.map((s) => s.number)).toEqual([1, 2, 3, 4]);
});

test('an axis without a share keeps its place, and the outline passes it over', () => {
  const spokes = radarOf([1, null, 1, 1], 50, 40);
  expect(spokes[1]?.value).toBeNull();
  expect(spokes[1]?.end).toEqual({ x: 90, y: 50 });
  expect(outlineOf(spokes)).toBe('50,10 50,90 10,50');
});

test('a share never leaves its axis', () => {
  expect(radarOf([1.2, -0.1, 1], 50, 40).map((s) => s.value?.y)).toEqual([10, 50, 70]);
});
