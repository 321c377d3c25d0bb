// What somebody writes into the condition checklist before it is saved.
import type { CheckResult, CheckState, FileCheck } from '../api/dossiers';

export const results = ['ok', 'faulty', 'missing', 'not_applicable'] as const satisfies readonly CheckState[];

export interface Line {
  result: CheckState;
  note: string;
}
/** Changed lines by their key; what is as it was is not in it. */
export type Draft = ReadonlyMap<string, Line>;

export const keyOf = (c: Pick<FileCheck, 'kind' | 'no'>) => `${c.kind} ${c.no}`;

export const lineOf = (c: FileCheck, draft: Draft): Line =>
  draft.get(keyOf(c)) ?? { result: c.result, note: c.note };

/** A second click on a result takes it back. */
export const pressed = (line: Line, result: CheckState): Line => ({
  ...line,
  result: line.result === result ? 'unchecked' : result,
});

/** The draft with a line changed, or without it where it is again as it was. */
export function changed(draft: Draft, c: FileCheck, line: Line): Draft {
  const next = new Map(draft);
  if (line.result === c.result && line.note === c.note) next.delete(keyOf(c));
  else next.set(keyOf(c), line);
  return next;
}

/** What is sent: the changed lines that there still are. A note alone needs a result. */
export const toSend = (checks: readonly FileCheck[], draft: Draft): CheckResult[] =>
  checks.flatMap((c) => {
    const line = draft.get(keyOf(c));
    return line ? [{ kind: c.kind, no: c.no, result: line.result, note: line.note.trim() }] : [];
  });

export interface Group {
  kind: FileCheck['kind'];
  name: string;
  lines: FileCheck[];
  done: number;
}
/** The lines by their group, in the order of the plan. */
export function groups(checks: readonly FileCheck[], draft: Draft, onlyOpen: boolean): Group[] {
  const all: Group[] = [];
  for (const c of checks) {
    let g = all.at(-1);
    if (!g || g.kind !== c.kind || g.name !== c.group) {
      g = { kind: c.kind, name: c.group, lines: [], done: 0 };
      all.push(g);
    }
    const { result } = lineOf(c, draft);
    if (result !== 'unchecked') g.done++;
    if (!onlyOpen || result === 'unchecked' || result === 'faulty' || result === 'missing') g.lines.push(c);
  }
  return all;
}
