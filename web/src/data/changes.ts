// What imports changed. Pure functions.
import type { ImportDone, UndoReport } from '../api/imports';
import type { Job } from '../api/nouns';

/** Tables in which something happened, those with most first. */
export const changedIn = ({ changes }: ImportDone) =>
  Object.entries(changes)
    .map(([table, c]) => ({ table, ...c }))
    .filter((c) => c.added + c.changed > 0)
    .sort((a, b) => b.added + b.changed - (a.added + a.changed) || a.table.localeCompare(b.table));

/** What the job of an undo says: the rows that stand in its way, or were left. */
export const undoReport = (job: Job) => (job.report ?? null) as unknown as UndoReport | null;
