import { describe, expect, test } from 'vitest';
import { chartOf, lastPaying, stepsOf, ticks } from './curve';

const point = (n: number, households: number, bound = households) => ({ n, households, bound });
const points = [point(1, 1500, 1500), point(2, 1800, 1810), point(3, 1830, 1850), point(4, 1835, 1860)];

describe('the curve of households against sites', () => {
  test('each site is worth what it adds; the first is compared with what is there', () =>
    expect(stepsOf(points, 1000).map((s) => [s.n, s.gain])).toEqual([
      [0, 0],
      [1, 500],
      [2, 300],
      [3, 30],
      [4, 5],
    ]));
  test('the order of the answer does not matter, and its n = 0 is not counted twice', () =>
    expect(stepsOf([...points, point(0, 1000)].reverse(), 1000).map((s) => s.n)).toEqual([0, 1, 2, 3, 4]));

  test.each([
    ['of 1000 households that can be won, 30 pay and 5 do not', 1000, 3],
    ['of 2000, 30 do not pay any more', 2000, 2],
    ['of 100,000, not even the first site pays', 100_000, null],
    ['where nothing can be won, none pays', 0, null],
  ])('%s', (_, winnable, n) => expect(lastPaying(stepsOf(points, 1000), winnable)).toBe(n));

  test('a late jump is not praised over a site that did not pay', () =>
    expect(lastPaying(stepsOf([point(1, 200), point(2, 201), point(3, 400)], 0), 1000)).toBe(1));
});

describe('the picture', () => {
  const box = { width: 240, height: 120, left: 40, right: 10, top: 10, bottom: 20 };
  const chart = chartOf(stepsOf(points, 1000), box);
  test('goes from no site at the left to the last at the right', () => {
    expect(chart.x(0)).toBe(40);
    expect(chart.x(4)).toBe(230);
    expect(chart.below).toEqual([0, 1, 2, 3, 4]);
  });
  test('has round values around all that is drawn', () => {
    expect(chart.across).toEqual([1000, 1500, 2000]);
    expect(chart.y(1000)).toBe(100);
    expect(chart.y(2000)).toBe(10);
  });
  test('the bound lies over what was found', () => {
    expect(chart.line.startsWith('M40,100L')).toBe(true);
    expect(chart.y(1860)).toBeLessThan(chart.y(1835));
    expect(chart.band.endsWith('Z')).toBe(true);
  });
  test('a curve without any rise is a level line', () => {
    const flat = chartOf(stepsOf([point(1, 1000)], 1000), box);
    expect(flat.across).toEqual([1000]);
    expect(Number.isFinite(flat.y(1000))).toBe(true);
  });
});

test.each([
  [0, 10, 5, [0, 2, 4, 6, 8, 10]],
  [0, 3, 3, [0, 1, 2, 3]],
  [17_340, 21_900, 3, [16_000, 18_000, 20_000, 22_000]],
])('round values from %d to %d', (low, high, count, values) =>
  expect(ticks(low, high, count)).toEqual(values));
