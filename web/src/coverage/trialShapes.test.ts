import { expect, it } from 'vitest';
import type { TrialFacility } from '../api/coverage';
import { trialShapes } from './trialShapes';
import type { Differences } from './trying';

const facility = (code: string, proposed = false): TrialFacility => ({
  code,
  name: code,
  location: [0, 0],
  capacity: null,
  proposed,
  reached: true,
});
const plain: Differences = { moved: new Map(), closed: new Set(), added: [], paths: [] };
const states = (d: Partial<Differences>, chosen: string | null = null, radius?: number) =>
  trialShapes([facility('a'), facility('b', true)], { ...plain, ...d }, chosen, radius).features.map(
    (f) => f.properties?.state ?? f.geometry.type,
  );

it('shows every facility by what became of it', () => {
  expect(states({})).toEqual(['there', 'proposed']);
  expect(states({ closed: new Set(['a']) })).toEqual(['closed', 'proposed']);
  expect(states({ moved: new Map([['b', [1, 1]]]) })).toEqual(['there', 'way', 'moved']);
  expect(states({ added: [{ id: 'x', name: 'x', location: [1, 1], kept: null }] })).toEqual([
    'there',
    'proposed',
    'added',
  ]);
});

it('leaves a closed facility where it stands', () => {
  const { features } = trialShapes(
    [facility('a')],
    { ...plain, closed: new Set(['a']), moved: new Map([['a', [5, 5]]]) },
    null,
    undefined,
  );
  expect(features).toHaveLength(1);
  expect(features[0]?.geometry).toEqual({ type: 'Point', coordinates: [0, 0] });
});

it('draws the radius around what is different and what is chosen, and the chosen one on top', () => {
  expect(states({}, 'a', 300)).toEqual(['Polygon', 'proposed', 'there']);
  expect(states({ moved: new Map([['b', [1, 1]]]) }, null, 300)).toEqual([
    'Polygon',
    'there',
    'way',
    'moved',
  ]);
});
