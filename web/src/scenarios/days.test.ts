import { expect, test } from 'vitest';
import type { Revision } from '../api/nouns';
import { byDay } from './days';

// Times without a zone are local ones, so that the test reads the same everywhere.
const at = (revision: number, time: string): Revision => ({
  revision,
  at: time,
  by: '',
  action: '',
  label: '',
  zones: [],
  zone_names: [],
});

test('revisions of one day stand together and keep their order', () => {
  const days = byDay([
    at(4, '2026-11-24T09:00:00'),
    at(3, '2026-11-24T00:00:00'),
    at(2, '2026-11-23T23:59:59'),
    at(1, '2026-11-01T12:00:00'),
  ]);
  expect(days.map((d) => [d.date, d.revisions.map((r) => r.revision)])).toEqual([
    ['2026-11-24', [4, 3]],
    ['2026-11-23', [2]],
    ['2026-11-01', [1]],
  ]);
});
test('no revision, no day', () => {
  expect(byDay([])).toEqual([]);
});
