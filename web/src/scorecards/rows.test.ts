import { describe, expect, test } from 'vitest';
import type { CoverageRun, ScoreCommunity, Scorecard } from '../api/nouns';
import { shortfalls, sorted } from './rows';

const row = (code: string, households: number, share: (number | null)[]): ScoreCommunity => {
  const known = share.filter((s) => s !== null);
  return {
    code,
    name: code,
    subdistrict_name: '',
    households,
    share,
    have: known.filter((s) => s >= 0.5).length,
    score: known.length ? known.reduce((a, b) => a + b, 0) / known.length : 0,
  };
};
const rows = [
  row('good', 100, [1, 1]),
  row('empty', 0, [null, null]),
  row('bad', 50, [0, 0.2]),
  row('worse, and larger', 90, [0.2, 0]),
];
const codes = (list: ScoreCommunity[]) => list.map((c) => c.code);

describe('rows of a scorecard', () => {
  test('the worst come first, of equals the one with more households', () =>
    expect(codes(sorted(rows, 'score'))).toEqual(['worse, and larger', 'bad', 'good', 'empty']));
  test('a community of which nothing is known comes last either way', () =>
    expect(codes(sorted(rows, '-score'))).toEqual(['good', 'worse, and larger', 'bad', 'empty']));
  test('one facility type alone orders them', () =>
    expect(codes(sorted(rows, 'type:1'))).toEqual(['worse, and larger', 'bad', 'good', 'empty']));
  test('the most households first', () =>
    expect(codes(sorted(rows, '-households'))).toEqual(['good', 'worse, and larger', 'bad', 'empty']));
});

test('a facility type leaves uncovered who is neither covered nor spared, the most first', () => {
  const run = (id: string, covered: number, spared: number) =>
    ({
      id,
      summary: { households: 100, covered_households: covered, spared_households: spared },
    }) as CoverageRun;
  const type = (run: string) => ({ run, facility_name: run }) as Scorecard['types'][number];
  const card = {
    batch: { runs: [run('a', 90, 10), run('b', 20, 30)] },
    types: [type('a'), type('b'), type('gone')],
    communities: [],
  } as unknown as Scorecard;
  expect(shortfalls(card).map((s) => [s.type.run, s.uncovered, s.households])).toEqual([
    ['b', 50, 100],
    ['a', 0, 100],
    ['gone', 0, 0],
  ]);
});
