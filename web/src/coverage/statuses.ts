// What a run says of a building, and how it looks on the map and in figures.
import type { Status } from '../api/coverage';
import type { CoverageSummary } from '../api/nouns';
import type { Palette } from '../map/overlays';

/** The best first. */
export const statuses: readonly Status[] = ['covered', 'spared', 'uncovered', 'cut_off', 'unreached'];

export const colourOf: Record<Status, (p: Palette) => string> = {
  covered: (p) => p.covered,
  spared: (p) => p.spared,
  uncovered: (p) => p.uncovered,
  cut_off: (p) => p.cutOff,
  unreached: (p) => p.cutOff,
};
/** No network: stripes say that nothing was measured. */
export const hatched = (status: Status): boolean => status === 'unreached';

export interface Slice {
  status: Status;
  households: number;
  buildings: number;
}

/** The parts of a run's sum, which add up to it; those of nothing are left out. */
export function slicesOf(s: CoverageSummary): Slice[] {
  const of: Record<Exclude<Status, 'uncovered'>, [households: number, buildings: number]> = {
    covered: [s.covered_households, s.covered_buildings],
    spared: [s.spared_households, s.spared_buildings],
    cut_off: [s.cut_off_households, s.cut_off_buildings],
    unreached: [s.unreached_households, s.unreached_buildings],
  };
  const rest = (at: 0 | 1, all: number) => all - Object.values(of).reduce((sum, v) => sum + v[at], 0);
  return statuses
    .map((status) => {
      const [households, buildings] =
        status === 'uncovered' ? [rest(0, s.households), rest(1, s.buildings)] : of[status];
      return { status, households, buildings };
    })
    .filter((slice) => slice.households > 0 || slice.buildings > 0);
}
