import { area } from '@turf/area';
import type { MultiPolygon } from 'geojson';
import { describe, expect, it } from 'vitest';
import type { Bounds, Position } from '../api/nouns';
import { footOn, inZone, reshaped, zoneBeside, zoneUnder } from './reshape';

const at = (x: number, y: number): Position => [121.5 + x / 1000, 31.2 + y / 1000];
const zone = (x0: number, y0: number, x1: number, y1: number) => ({
  geometry: {
    type: 'MultiPolygon',
    coordinates: [[[at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1), at(x0, y0)]]],
  } as MultiPolygon,
  bbox: [...at(x0, y0), ...at(x1, y1)] as Bounds,
});
const left = zone(0, 0, 4, 4);
const right = zone(4, 0, 8, 4);
const square = (g: MultiPolygon | null) => (g ? area(g) / area(zone(0, 0, 1, 1).geometry) : null);

describe('the outline after a reshape', () => {
  it.each<[string, Position[], number]>([
    ['grows by what the line goes round outside', [at(4, 1), at(5, 1), at(5, 3), at(4, 3)], 18],
    ['shrinks by what the line cuts off inside', [at(4, 1), at(3, 1), at(3, 3), at(4, 3)], 14],
    ['takes a corner away', [at(3, 4), at(4, 3)], 15.5],
    ['does not mind which way the line was drawn', [at(4, 3), at(5, 3), at(5, 1), at(4, 1)], 18],
    ['may begin at the first corner of the ring', [at(0, 0), at(2, -1), at(4, 0)], 18],
    ['may replace several edges', [at(2, 4), at(2, 5), at(5, 5), at(5, 2), at(4, 2)], 21],
  ])('%s', (_, line, squares) => {
    expect(square(reshaped(left.geometry, line, 5))).toBeCloseTo(squares, 1);
  });

  it('puts the ends on the outline when they are near it', () => {
    const near = reshaped(left.geometry, [at(4.02, 1), at(5, 1), at(5, 3), at(4.02, 3)], 5);
    expect(square(near)).toBeCloseTo(18, 1);
    expect(near?.coordinates[0]?.[0]).toContainEqual([at(4, 1)[0], expect.closeTo(at(4, 1)[1], 9)]);
  });
  it('is none when an end lies off the outline', () => {
    expect(reshaped(left.geometry, [at(4, 1), at(5, 2)], 5)).toBeNull();
    expect(reshaped(left.geometry, [at(4, 1)], 5)).toBeNull();
  });
  it('gives ground to a hole by the same rule turned round', () => {
    const donut: MultiPolygon = {
      type: 'MultiPolygon',
      coordinates: [
        [
          ...(zone(0, 0, 10, 10).geometry.coordinates[0] ?? []),
          ...(zone(4, 4, 6, 6).geometry.coordinates[0] ?? []),
        ],
      ],
    };
    // The line goes through the hole: the zone gets the half of it that leaves the zone larger.
    expect(square(reshaped(donut, [at(4, 5), at(6, 5)], 5))).toBeCloseTo(98, 1);
  });
});

describe('the zone that a line is meant for', () => {
  it('is for a split the one that holds most of it', () => {
    expect(zoneUnder([left, right], [at(1, -1), at(1, 5)])).toBe(left);
    expect(zoneUnder([left, right], [at(3, 2), at(9, 2)])).toBe(right);
    expect(zoneUnder([left, right], [at(-2, -1), at(-2, 5)])).toBeNull();
  });
  it('is for a reshape the one whose outline both ends lie on', () => {
    expect(zoneBeside([left, right], [at(8, 1), at(9, 2), at(8, 3)], 5)).toBe(right);
    expect(zoneBeside([left, right], [at(0, 1), at(8, 3)], 5)).toBeNull();
  });
  it('knows inside from outside', () => {
    expect(inZone(left, at(2, 2))).toBe(true);
    expect(inZone(left, at(5, 2))).toBe(false);
  });
  it('finds the foot on the nearest edge, in metres', () => {
    const foot = footOn(left.geometry, at(4.1, 2));
    expect(foot?.at[0]).toBeCloseTo(at(4, 2)[0], 9);
    expect(foot?.metres).toBeCloseTo(0.0001 * 111_195 * Math.cos((31.202 * Math.PI) / 180), 1);
  });
});
