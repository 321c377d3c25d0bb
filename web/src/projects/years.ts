// Figures of the year slider, from the counts by year and phase.
import type { Overview, Phase } from '../api/projects';

export interface YearTally {
  year: number;
  projects: number;
  communities: number;
  households: number;
  /** Of confirmed projects, and of those that are only proposed. */
  phases: Record<Phase, number>;
  proposed: number;
}

const none = (year: number): YearTally => ({
  year,
  projects: 0,
  communities: 0,
  households: 0,
  phases: { implement: 0, plan: 0, reserve: 0 },
  proposed: 0,
});

/** One tally for each year that a live project has, ascending. */
export function talliesOf(rows: Overview['years']): YearTally[] {
  const years = new Map<number, YearTally>();
  for (const row of rows) {
    if (row.year === null) continue;
    const tally = years.get(row.year) ?? none(row.year);
    years.set(row.year, tally);
    add(tally, row);
  }
  return [...years.values()].toSorted((a, b) => a.year - b.year);
}

/** Everything together, also what has no year. */
export function totalOf(rows: Overview['years']): YearTally {
  const tally = none(0);
  for (const row of rows) add(tally, row);
  return tally;
}

function add(tally: YearTally, row: Overview['years'][number]): void {
  tally.projects += row.projects;
  tally.communities += row.communities;
  tally.households += row.households;
  if (row.phase) tally.phases[row.phase] += row.projects;
  else tally.proposed += row.projects;
}
