import { describe, expect, it, test } from 'vitest';
import { bandOpacity, groundsOf, limitsOffered, toggledLimit } from './reach';

describe('the limits that are offered', () => {
  it.each<[string, Parameters<typeof limitsOffered>[0], number[]]>([
    ['a limit among the usual ones once', { minutes: 10 }, [5, 10, 15]],
    ['another limit between them', { minutes: 8 }, [5, 8, 10, 15]],
    ['metres', { metres: 400 }, [300, 400, 500, 1000]],
  ])('hold %s', (_, limit, expected) => {
    expect(limitsOffered(limit)).toEqual(expected);
  });
  it('come and go, but for the last', () => {
    expect(toggledLimit([5], 15)).toEqual([5, 15]);
    expect(toggledLimit([5, 15], 5)).toEqual([15]);
    expect(toggledLimit([15], 15)).toEqual([15]);
  });
});

test('the nearest ground lies over the others and is the darkest', () => {
  const ground = { type: 'MultiPolygon' as const, coordinates: [] };
  const iso = (limit: number) => ({
    limit,
    unit: 'minutes' as const,
    area_m2: 1,
    cell_m: 20,
    shed: null,
    ground,
  });
  expect(groundsOf([iso(5), iso(15), iso(10)]).features.map((f) => f.properties?.limit)).toEqual([15, 10, 5]);
  expect(bandOpacity(0, 3)).toBeGreaterThan(bandOpacity(2, 3));
  expect(bandOpacity(2, 3)).toBeCloseTo(0.2);
});
