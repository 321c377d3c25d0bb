// A run: its figures, its parts, its gaps, the ground it reaches, and what is
// different from an earlier one.
import type { ReactNode } from 'react';
import type { CoverageRun } from '../api/nouns';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { type RunAspect, runAspects } from '../state/address';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Segments } from '../ui/Field';
import { Notice } from '../ui/State';
import { CompareView } from './CompareView';
import own from './coverage.module.css';
import { GapsView } from './GapsView';
import { PartsView } from './PartsView';
import { ReachView } from './ReachView';
import { RunSummary } from './RunSummary';
import { limitSaid, walkerSaid } from './said';
import { useTypeName } from './useTypeName';
import { words } from './words';

const views: Record<RunAspect, (run: CoverageRun) => ReactNode> = {
  figures: (run) => <RunSummary run={run} />,
  parts: (run) => <PartsView run={run} />,
  gaps: (run) => <GapsView run={run} />,
  reach: (run) => <ReachView key={run.id} run={run} />,
  compare: (run) => <CompareView run={run} />,
};

export function RunView({ run, onAgain }: { run: CoverageRun; onAgain: () => void }) {
  const t = useWords(words);
  const aspect = useWorkbench((s) => s.aspect);
  const open = useWorkbench((s) => s.open);
  const setRun = useWorkbench((s) => s.setRun);
  return (
    <>
      <div className={css.section}>
        <RunTitle run={run} />
        <div className={css.row}>
          <Button small icon="refresh" onClick={onAgain} data-testid="coverage-again">
            {t('again')}
          </Button>
          <Button small icon="pencil" onClick={() => open({ tab: 'trial' })} data-testid="coverage-try">
            {t('tab.trial')}
          </Button>
          <Button small tone="ghost" icon="close" onClick={() => setRun(null)} data-testid="clear-run">
            {t('clear')}
          </Button>
        </div>
        {!run.detailed && <Notice>{t('sumsOnly')}</Notice>}
        <div className={own.aspects}>
          <Segments<RunAspect>
            label={t('result')}
            value={aspect}
            onChange={(next) => open({ aspect: next })}
            options={runAspects.map((a) => ({ value: a, label: t(`aspect.${a}`) }))}
            testId="aspect"
          />
        </div>
      </div>
      {views[aspect](run)}
    </>
  );
}

/** What was measured, by which method: it stands over every figure of the run. */
export function RunTitle({ run: r }: { run: CoverageRun }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const name = useTypeName();
  return (
    <div className={own.runTitle} data-testid="run-title">
      <strong>{name(r)}</strong>
      <span>
        {t(`method.short.${r.method}`)} ≤ {limitSaid(r.limit, language)}
        {r.walker && ` · ${walkerSaid(r.walker, language)}`} · {r.area.name || t(`area.${r.area.kind}`)}
      </span>
    </div>
  );
}
