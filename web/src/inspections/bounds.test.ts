import { expect, it } from 'vitest';
import { boundsOf, centreOf } from './bounds';

it('shapes have a middle, and what has no place has none', () => {
  const line = {
    type: 'LineString' as const,
    coordinates: [
      [1, 2],
      [3, 6],
    ],
  };
  expect(centreOf(line)).toEqual([2, 4]);
  expect(centreOf({ type: 'GeometryCollection', geometries: [line] })).toEqual([2, 4]);
  expect(centreOf({ type: 'Polygon', coordinates: [] })).toBeNull();
  expect(centreOf(null)).toBeNull();
  expect(boundsOf([line, null, { type: 'Point', coordinates: [5, 1] }])).toEqual([2, 1, 5, 4]);
  expect(boundsOf([null])).toBeNull();
});
