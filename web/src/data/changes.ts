// What imports changed. Pure functions.
import type { ImportDone, UndoReport } from '../api/imports';
import type { Problem } from '../api/request';

/** Tables in which something happened, those with most first. */
export const changedIn = ({ changes }: ImportDone) =>
  Object.entries(changes)
    .map(([table, c]) => ({ table, ...c }))
    .filter((c) => c.added + c.changed > 0)
    .sort((a, b) => b.added + b.changed - (a.added + a.changed) || a.table.localeCompare(b.table));

/** The rows that stand in the way of an undo; null where the refusal is about something else. */
export function keptRows(problem: Problem): NonNullable<UndoReport['left']> | null {
  const current = problem.current as Partial<UndoReport> | null;
  return Array.isArray(current?.left) && current.left.length > 0 ? current.left : null;
}
