// The six figures that come first.
import type { Board } from '../api/dashboard';
import { useWords } from '../language';
import { count, percent, share } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { wan } from '../works/sums';
import { meanCoverage, yuan } from './board';
import own from './dashboard.module.css';
import { words } from './words';

export interface Figure {
  key: string;
  name: string;
  value: string;
  note: string;
  bad?: boolean;
}

export function useHeadline(b: Board | undefined): Figure[] {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  if (!b) return [];
  const stage = (name: string) => b.stages.find((s) => s.stage === name)?.projects ?? 0;
  const all = b.stages.reduce((n, s) => n + s.projects, 0);
  const done = stage('works_done') + stage('acceptance') + stage('filing') + stage('handover');
  const late = (kind: string) => b.late.by_kind.find((k) => k.kind === kind)?.count ?? 0;
  const verdict = (v: string) => b.eligibility.find((e) => e.verdict === v)?.communities ?? 0;
  const covered = meanCoverage(b);
  const year = b.money.years.find((y) => y.year === b.year);
  return [
    {
      key: 'projects',
      name: t('projects'),
      value: count(all),
      note: t('projectsNote', { started: stage('start') + done, done }),
    },
    {
      key: 'eligible',
      name: t('eligible'),
      value: count(verdict('in')),
      note: t('eligibleNote', { n: verdict('borderline') }),
    },
    {
      key: 'consent',
      name: t('consent'),
      value: `${b.consent.passed} / ${b.consent.closed}`,
      note: t('consentNote', { open: b.consent.open, late: b.consent.overdue }),
    },
    {
      key: 'cost',
      name: t('cost'),
      value: yuan(b.money.cost_yuan, language),
      note: t('costNote', { share: share(b.money.shared_yuan, b.money.cost_yuan) }),
    },
    covered
      ? {
          key: 'covered',
          name: t('covered'),
          value: `${percent(covered.before)} → ${percent(covered.after)}`,
          note: t('coveredNote', { n: b.coverage.length }),
        }
      : {
          key: 'unfunded',
          name: t('unfunded'),
          value: wan(year?.unfunded_yuan ?? 0),
          note: t('unfundedNote', { year: b.year }),
        },
    {
      key: 'late',
      name: t('lateItems'),
      value: count(b.late.total),
      note: t('lateNote', { filing: late('filing'), step: late('step'), report: late('report') }),
      bad: b.late.total > 0,
    },
  ];
}

export function Headline({ board }: { board: Board }) {
  const figures = useHeadline(board);
  return (
    <div className={own.headline} data-testid="board-headline">
      {figures.map((f) => (
        <div key={f.key}>
          <span>{f.name}</span>
          <strong className={f.bad ? own.bad : undefined}>{f.value}</strong>
          <small>{f.note}</small>
        </div>
      ))}
    </div>
  );
}
