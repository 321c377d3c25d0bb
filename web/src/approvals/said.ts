// Small sentences about steps.
import type { ApprovalStep, Need, RowAnswer, StepEdit } from '../api/approvals';
import type { Translate } from '../language';
import type { words } from './words';

type Say = Translate<typeof words>;

/** How a need looks: the badge's tone. */
export const toneOf: Record<Need, 'accentTone' | 'okTone' | 'warnTone' | 'out'> = {
  required: 'accentTone',
  exempt: 'okTone',
  check: 'warnTone',
  unknown: 'out',
};

export function leftOf(days: number | null, t: Say): string {
  if (days === null) return '';
  if (days === 0) return t('today');
  return days > 0 ? t('daysLeft', { n: days }) : t('late', { n: -days });
}

/** The facts that make a row what it is: of one that does not apply, those against it. */
export const tellingFacts = (row: RowAnswer): RowAnswer['facts'] =>
  row.state === 'not' || row.state === 'unknown' ? row.facts.filter((f) => f.state === row.state) : row.facts;

export interface Tally {
  all: number;
  done: number;
  late: number;
  check: number;
  unknown: number;
  exempt: number;
}

/** Counts the steps that are to be gone through; what is spared or dropped stands apart. */
export function tallyOf(steps: readonly ApprovalStep[]): Tally {
  const tally: Tally = { all: 0, done: 0, late: 0, check: 0, unknown: 0, exempt: 0 };
  for (const s of steps) {
    if (s.need === 'exempt' || s.change === 'dropped') {
      tally.exempt++;
      continue;
    }
    tally.all++;
    if (s.done_on) tally.done++;
    else if (s.days_left !== null && s.days_left < 0) tally.late++;
    if (s.need === 'check') tally.check++;
    if (s.need === 'unknown') tally.unknown++;
  }
  return tally;
}

/** Whether somebody else has changed a field that these edits change too. */
export function clashes(
  edits: readonly StepEdit[],
  seen: readonly ApprovalStep[],
  now: readonly ApprovalStep[],
): boolean {
  const fields = ['department', 'days', 'due_on', 'done_on', 'document_no', 'note'] as const;
  return edits.some((e) => {
    const before = seen.find((s) => s.key === e.key);
    const after = now.find((s) => s.key === e.key);
    return fields.some((f) => e[f] !== undefined && before?.[f] !== after?.[f]);
  });
}
