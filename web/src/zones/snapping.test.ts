import { describe, expect, it } from 'vitest';
import { SnapIndex, segmentsOf, tileBorder } from './snapping';

const ring = [
  [106.9, 28.9],
  [106.91, 28.9],
  [106.91, 28.91],
  [106.9, 28.9],
];
const none = () => false;
const index = new SnapIndex(segmentsOf([{ type: 'Polygon', coordinates: [ring] }], none));

describe('snapping', () => {
  it('prefers a vertex to the edge that runs into it', () => {
    expect(index.nearest([106.9002, 28.9001], 0.001, 0.001)).toEqual({ at: [106.9, 28.9], kind: 'vertex' });
  });
  it('takes the foot on the edge where no vertex is near', () => {
    const snap = index.nearest([106.905, 28.9003], 0.001, 0.001);
    expect(snap?.kind).toBe('edge');
    expect(snap?.at[0]).toBeCloseTo(106.905, 6);
    expect(snap?.at[1]).toBeCloseTo(28.9, 6);
  });
  it('lets the pointer go where nothing is within reach', () => {
    expect(index.nearest([106.907, 28.903], 0.0005, 0.0005)).toBeNull();
    expect(new SnapIndex([]).nearest([0, 0], 1, 1)).toBeNull();
  });
  it('takes segments of every polygonal and linear kind', () => {
    expect(
      segmentsOf(
        [
          { type: 'MultiPolygon', coordinates: [[ring], [ring]] },
          { type: 'LineString', coordinates: ring },
          { type: 'MultiLineString', coordinates: [ring] },
          { type: 'Point', coordinates: [0, 0] },
        ],
        none,
      ),
    ).toHaveLength(12);
  });
  it('skips the cut along a tile border and keeps an upright wall inside the tile', () => {
    const n = 2 ** 15;
    const at = (x: number) => (x / n) * 360 - 180;
    const border = tileBorder(15);
    const upright = (x: number) => [at(x), 28.9, at(x), 28.9001] as const;
    expect(border(upright(26000.01))).toBe(true);
    expect(border(upright(26000.99))).toBe(true);
    expect(border(upright(26000.5))).toBe(false);
    expect(border([at(26000.01), 28.9, at(26000.02), 28.9001])).toBe(false);
  });
});
