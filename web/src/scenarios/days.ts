// The history of a scenario by day, newest first.
import type { Revision } from '../api/nouns';
import { moment } from '../language/format';

export interface Day {
  /** As people write it: 2026-11-24. */
  date: string;
  revisions: Revision[];
}

export function byDay(revisions: readonly Revision[]): Day[] {
  const days: Day[] = [];
  for (const r of revisions) {
    const date = moment(r.at).slice(0, 10);
    const last = days.at(-1);
    if (last?.date === date) last.revisions.push(r);
    else days.push({ date, revisions: [r] });
  }
  return days;
}
