import { describe, expect, it } from 'vitest';
import type { Position } from '../api/nouns';
import { metresBetween } from '../map/mercator';
import {
  addPoint,
  blank,
  circleOf,
  circleRing,
  closeRing,
  crossings,
  geometryOf,
  insertVertex,
  movePart,
  moveVertex,
  partAt,
  rectangle,
  removeRing,
  removeVertex,
  ringAt,
  type Sketch,
  sketchArea,
  sketchOf,
} from './sketch';

const square: Position[] = [
  [0, 0],
  [4, 0],
  [4, 4],
  [0, 4],
];
const hole: Position[] = [
  [1, 1],
  [2, 1],
  [2, 2],
  [1, 2],
];
const drawn = (points: Position[], from: Sketch = blank) => closeRing(points.reduce(addPoint, from));

describe('drawing a ring', () => {
  it('closes three or more points into a part', () => {
    const s = drawn(square);
    expect(s.parts).toEqual([[square]]);
    expect(s.open).toEqual([]);
  });
  it('leaves two points open, because they are no ring', () => {
    const s = drawn(square.slice(0, 2));
    expect(s.parts).toEqual([]);
    expect(s.open).toHaveLength(2);
  });
  it('takes a click on the same place once, so that a double-click adds no point', () => {
    expect(addPoint(addPoint(blank, [1, 1]), [1, 1]).open).toHaveLength(1);
  });
  it('drops the first point when it was clicked again to close', () => {
    const first = square[0] ?? [0, 0];
    expect(drawn([...square, first]).parts[0]?.[0]).toHaveLength(4);
  });
  it('puts a hole into the part it was begun in', () => {
    const s = drawn(hole, { ...drawn(square), target: { kind: 'hole', part: 0 } });
    expect(s.parts).toEqual([[square, hole]]);
    expect(s.target).toEqual({ kind: 'part' });
  });
  it('counts the pointer as the next point of an open ring', () => {
    const open = square.slice(0, 2).reduce(addPoint, blank);
    expect(geometryOf(open)).toBeNull();
    expect(geometryOf(open, [4, 4])?.coordinates[0]?.[0]).toHaveLength(4);
  });
  it('makes a rectangle of two corners', () => {
    expect(rectangle([0, 0], [2, 1])).toEqual([
      [0, 0],
      [2, 0],
      [2, 1],
      [0, 1],
    ]);
  });
});

describe('editing', () => {
  const two = drawn(
    square.map(([x, y]): Position => [x + 10, y]),
    drawn(hole, { ...drawn(square), target: { kind: 'hole', part: 0 } }),
  );
  it('moves one vertex and shares every other ring', () => {
    const next = moveVertex(two, { part: 0, ring: 1, index: 0 }, [1.5, 1.5]);
    expect(next.parts[0]?.[1]?.[0]).toEqual([1.5, 1.5]);
    expect(next.parts[0]?.[0]).toBe(two.parts[0]?.[0]);
    expect(two.parts[0]?.[1]?.[0]).toEqual([1, 1]);
  });
  it('inserts after a vertex, also on the closing edge', () => {
    const next = insertVertex(two, { part: 0, ring: 0, index: 3 }, [0, 2]);
    expect(next.parts[0]?.[0]?.at(-1)).toEqual([0, 2]);
  });
  it('removes the ring when a triangle loses a vertex', () => {
    const triangle = drawn(square.slice(0, 3), two);
    expect(removeVertex(triangle, { part: 2, ring: 0, index: 0 }).parts).toHaveLength(2);
  });
  it('removes a hole alone, and a shell with its holes', () => {
    expect(removeRing(two, 0, 1).parts[0]).toHaveLength(1);
    expect(removeRing(two, 0, 0).parts).toHaveLength(1);
  });
  it('finds the part under a point, but not through a hole', () => {
    expect(partAt(two, [3, 3])).toBe(0);
    expect(partAt(two, [1.5, 1.5])).toBe(-1);
    expect(partAt(two, [12, 2])).toBe(1);
  });
  it('comes back the same from GeoJSON, with holes and parts', () => {
    const geometry = geometryOf(two);
    expect(geometry).not.toBeNull();
    if (geometry) expect(sketchOf(geometry).parts).toEqual(two.parts);
  });
});

describe('looking at the shape', () => {
  it('finds where a bow tie crosses itself', () => {
    const bow = geometryOf(
      drawn([
        [0, 0],
        [2, 2],
        [2, 0],
        [0, 2],
      ]),
    );
    expect(bow && crossings(bow)).toEqual([[1, 1]]);
  });
  it('finds nothing in a plain ring with a hole', () => {
    const g = geometryOf(drawn(hole, { ...drawn(square), target: { kind: 'hole', part: 0 } }));
    expect(g && crossings(g)).toEqual([]);
  });
  it('measures about a hectare for a hundred metres square', () => {
    const d = 100 / 111_195;
    const g = geometryOf(
      drawn([
        [0, 0],
        [d, 0],
        [d, d],
        [0, d],
      ]),
    );
    expect(g && Math.abs(sketchArea(g) / 10_000 - 1)).toBeLessThan(0.01);
  });
});

const box = (x: number, y: number, side: number): Position[] => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
];

describe('parts as a whole', () => {
  const two: Sketch = {
    ...blank,
    parts: [[box(0, 0, 10), box(2, 2, 3)], [box(20, 0, 5)]],
  };
  it('a part moves with its holes, the other stays', () => {
    const moved = movePart(two, 0, 1, -2);
    expect(moved.parts[0]).toEqual([box(1, -2, 10), box(3, 0, 3)]);
    expect(moved.parts[1]).toBe(two.parts[1]);
  });
  it('a hole can move alone', () => {
    const moved = movePart(two, 0, 1, 1, 1);
    expect(moved.parts[0]).toEqual([box(0, 0, 10), box(3, 3, 3)]);
  });
  it('the ring under a point is the hole before the part', () => {
    expect(ringAt(two, [3, 3])).toEqual({ part: 0, ring: 1 });
    expect(ringAt(two, [8, 8])).toEqual({ part: 0, ring: 0 });
    expect(ringAt(two, [22, 2])).toEqual({ part: 1, ring: 0 });
    expect(ringAt(two, [15, 2])).toBeNull();
  });
  it('a hole goes alone, a part with its holes', () => {
    expect(removeRing(two, 0, 1).parts).toEqual([[box(0, 0, 10)], [box(20, 0, 5)]]);
    expect(removeRing(two, 0, 0).parts).toEqual([[box(20, 0, 5)]]);
  });
});

describe('a circle', () => {
  const centre: Position = [121.5, 31.2];
  it('has 64 corners, all at the radius', () => {
    const ring = circleOf(centre, 300);
    expect(ring).toHaveLength(64);
    for (const p of ring) expect(metresBetween(centre, p)).toBeCloseTo(300, 3);
  });
  it('goes through the place that was clicked', () => {
    const on: Position = [121.503, 31.201];
    const radius = metresBetween(centre, on);
    for (const p of circleRing(centre, on)) expect(metresBetween(centre, p)).toBeCloseTo(radius, 3);
  });
});
