import { expect, test } from 'vitest';
import type { Overview } from '../api/projects';
import { talliesOf, totalOf } from './years';

const row = (
  year: number | null,
  phase: '' | 'implement' | 'plan' | 'reserve',
  projects: number,
): Overview['years'][number] => ({
  year,
  phase,
  proposed: '',
  library: 'comprehensive',
  projects,
  communities: projects * 2,
  households: projects * 100,
  floor_area_m2: 0,
});
const rows = [row(2027, 'plan', 2), row(2026, 'implement', 3), row(2026, '', 1), row(null, 'reserve', 4)];

test('each year has its projects by phase, those that are not confirmed apart', () => {
  expect(talliesOf(rows)).toEqual([
    {
      year: 2026,
      projects: 4,
      communities: 8,
      households: 400,
      phases: { implement: 3, plan: 0, reserve: 0 },
      proposed: 1,
    },
    {
      year: 2027,
      projects: 2,
      communities: 4,
      households: 200,
      phases: { implement: 0, plan: 2, reserve: 0 },
      proposed: 0,
    },
  ]);
});

test('the total counts projects without a year, too', () => {
  expect(totalOf(rows)).toMatchObject({
    projects: 10,
    phases: { implement: 3, plan: 2, reserve: 4 },
    proposed: 1,
  });
});
