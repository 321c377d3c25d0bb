import { describe, expect, it } from 'vitest';
import type { Position } from '../api/nouns';
import { clashOf, clashOfMoved } from './overlap';
import { blank, type Sketch } from './sketch';

/** Steps of about 100 m, as a person draws. */
const at = (x: number, y: number): Position => [121.5 + x / 1000, 31.2 + y / 1000];
const box = (x0: number, y0: number, x1: number, y1: number): Position[] => [
  at(x0, y0),
  at(x1, y0),
  at(x1, y1),
  at(x0, y1),
];
const donut: Sketch = { ...blank, parts: [[box(0, 0, 10, 10), box(3, 3, 6, 6)]] };

describe('a further part', () => {
  it.each<[string, Position[], ReturnType<typeof clashOf>]>([
    ['beside', box(12, 0, 14, 4), null],
    ['across the edge', box(8, 8, 12, 12), 'overlap'],
    ['wholly inside', box(7, 7, 9, 9), 'overlap'],
    ['around everything', box(-2, -2, 12, 12), 'overlap'],
    ['the same again', box(0, 0, 10, 10), 'overlap'],
    ['in the hole', box(4, 4, 5, 5), null],
    ['filling the hole exactly', box(3, 3, 6, 6), 'edge'],
    ['larger than the hole', box(2, 2, 7, 7), 'overlap'],
    ['along an edge', box(10, 2, 12, 5), 'edge'],
    ['along an edge and beyond', box(10, -3, 12, 15), 'edge'],
    ['touching in one corner', box(10, 10, 12, 12), null],
    ['touching an edge with one corner', [at(10, 5), at(13, 3), at(13, 7)], null],
    ['a corner in through a corner', [at(9.5, 9.5), at(13, 10), at(13, 13)], 'overlap'],
    ['a cross whose corners are all outside', box(-2, 4, 12, 5), 'overlap'],
  ])('%s', (_, ring, clash) => {
    expect(clashOf(donut, ring, { kind: 'part' })).toBe(clash);
    expect(clashOf(donut, [...ring].reverse(), { kind: 'part' })).toBe(clash);
  });

  it('may be snapped to the edge: a corner that rounding puts 1e-12 degrees inside is no overlap', () => {
    const snapped: Position = [at(10, 5)[0] - 1e-12, at(10, 5)[1]];
    expect(clashOf(donut, [snapped, at(13, 3), at(13, 7)], { kind: 'part' })).toBeNull();
  });
});

describe('a hole', () => {
  it.each<[string, Position[], ReturnType<typeof clashOf>]>([
    ['inside', box(7, 7, 9, 9), null],
    ['outside', box(12, 12, 14, 14), 'outside'],
    ['across the outline', box(8, 8, 12, 12), 'outside'],
    ['around the part', box(-1, -1, 11, 11), 'outside'],
    ['over the other hole', box(5, 5, 8, 8), 'overlap'],
    ['beside the other hole', box(6, 3, 8, 6), 'edge'],
    ['along the outline', box(7, 0, 9, 2), 'edge'],
  ])('%s', (_, ring, clash) => {
    expect(clashOf(donut, ring, { kind: 'hole', part: 0 })).toBe(clash);
  });
});

it('a part that was moved onto another is told', () => {
  const two: Sketch = { ...blank, parts: [[box(0, 0, 2, 2)], [box(1, 1, 3, 3)]] };
  expect(clashOfMoved(two, 1)).toBe('overlap');
  expect(clashOfMoved({ ...two, parts: [[box(0, 0, 2, 2)], [box(5, 1, 7, 3)]] }, 1)).toBeNull();
});
