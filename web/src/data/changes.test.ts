import { expect, it } from 'vitest';
import type { ImportDone } from '../api/imports';
import type { Job } from '../api/nouns';
import { merged } from '../api/queries';
import { broughtIn, changedIn } from './changes';

const done = (changes: ImportDone['changes']): ImportDone => ({
  id: '1',
  district: '310115',
  title: '',
  by: '',
  at: '',
  changes,
  undone_at: null,
  undone_by: '',
  kept: 0,
  undoable: true,
});

it('tables with most changes come first, those without any are left out', () => {
  const list = changedIn(
    done({
      road: { added: 0, changed: 0 },
      community: { added: 1, changed: 2 },
      building: { added: 9, changed: 0 },
    }),
  );
  expect(list.map((c) => c.table)).toEqual(['building', 'community']);
});

it('jobs of several kinds are one list', () => {
  const job = (id: string, created_at: string) => ({ id, created_at }) as Job;
  const list = merged(
    [job('a', '2026-01-01'), job('b', '2026-01-03')],
    [job('c', '2026-01-02'), job('b', '2026-01-03')],
  );
  expect(list.map((j) => j.id)).toEqual(['b', 'c', 'a']);
});

it('imports that were part of another job stand in the history too, each once', () => {
  const job = (id: string, created_at: string) => ({ id, created_at, title: '', created_by: '' }) as Job;
  const list = broughtIn(
    [job('a', '2026-01-01'), job('1', '2026-01-03')],
    [
      { ...done({}), id: '1', at: '2026-01-03' },
      { ...done({}), id: '2', at: '2026-01-02' },
    ],
  );
  expect(list.map((b) => [b.id, b.job !== null])).toEqual([
    ['1', true],
    ['2', false],
    ['a', true],
  ]);
});
