import { describe, expect, test } from 'vitest';
import type { Position } from '../api/nouns';
import { type Question, questionOf, requestOf, usual } from './question';

const triangle: Position[] = [
  [121.5, 31.2],
  [121.51, 31.2],
  [121.51, 31.21],
];
const asked = (change: Partial<Question>, scenario: string | null = null) =>
  requestOf({ ...usual, ...change }, scenario);

describe('what is asked for', () => {
  test('the usual question', () =>
    expect(asked({})).toEqual({
      request: {
        model: 'mclp',
        facility_type: 'elder_daycare',
        method: 'radius',
        area: { kind: 'district' },
        n: 3,
        curve_to: 10,
        keep_existing: true,
        candidates: ['stock'],
      },
    }));
  test('fewest sites for all have no number', () =>
    expect(asked({ model: 'lscp', n: 'x' })).not.toHaveProperty('request.n'));
  test('a curve goes at least as far as the sites', () =>
    expect(asked({ n: '12', curveTo: '5' })).toHaveProperty('request.curve_to', 12));
  test('sites are meant for the scenario', () =>
    expect(asked({}, 'S2')).toHaveProperty('request.scenario', 'S2'));
  test('drawn places and forbidden ground go along, rings closed', () => {
    const made = asked({ candidates: ['points'], points: [[121.5, 31.2]], excluded: [triangle] });
    expect(made).toHaveProperty('request.points', [[121.5, 31.2]]);
    expect(made).toHaveProperty('request.excluded', {
      type: 'MultiPolygon',
      coordinates: [[[...triangle, triangle[0]]]],
    });
  });
  test('drawn places are left out where they are no candidates', () =>
    expect(asked({ points: [[121.5, 31.2]] })).not.toHaveProperty('request.points'));

  test.each([
    ['n', { n: '0' }],
    ['n', { n: '2.5' }],
    ['n', { n: '' }],
    ['n', { n: '501' }],
    ['curveTo', { curveTo: '201' }],
    ['apart', { apart: '-1' }],
    ['capacity', { capacity: 'many' }],
    ['capacity', { capacity: '0' }],
    ['candidates', { candidates: [] }],
    ['points', { candidates: ['points'] as const }],
    ['limit', { settings: { ...usual.settings, limit: '0' } }],
    ['area', { settings: { ...usual.settings, area: { kind: 'zone', code: '', polygon: null } as const } }],
  ])('%s that makes no sense is named: %j', (bad, change) => expect(asked(change)).toEqual({ bad }));
});

test('what was asked can be asked again', () => {
  const question: Question = {
    ...usual,
    model: 'pmedian',
    settings: {
      ...usual.settings,
      method: 'walk',
      unit: 'minutes',
      limit: '7.5',
      walker: 'frail',
      profile: 'complete-community',
      units: '0.3',
      area: { kind: 'subdistrict', code: '310115007', polygon: null },
    },
    n: '4',
    curveTo: '9',
    keep: false,
    candidates: ['stock', 'points'],
    points: [[121.5, 31.2]],
    excluded: [triangle],
    apart: '300',
    capacity: '80',
  };
  const made = requestOf(question, 'S1');
  expect('request' in made && questionOf(made)).toEqual(question);
});
