// The panel of the coverage mode: its tabs, and what the open one is about.
import { type KeyboardEvent, lazy, Suspense, useRef } from 'react';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { type CoverageTab, coverageTabs } from '../state/address';
import { useWorkbench } from '../state/workbench';
import { Boundary } from '../ui/Boundary';
import { Waiting } from '../ui/State';
import own from './coverage.module.css';
import RunsPanel from './RunsPanel';
import { words } from './words';

const TrialPanel = lazy(() => import('./TrialPanel'));
const SitingPanel = lazy(() => import('../sites/SitingPanel'));
const ScorecardPanel = lazy(() => import('../scorecards/ScorecardPanel'));

const panels: Record<CoverageTab, () => React.ReactNode> = {
  runs: () => <RunsPanel />,
  trial: () => <TrialPanel />,
  sites: () => <SitingPanel />,
  scorecard: () => <ScorecardPanel />,
};

export default function CoveragePanel() {
  const t = useWords(words);
  const tab = useWorkbench((s) => s.tab);
  return (
    <>
      <header className={css.head}>
        <h2>{t('title')}</h2>
      </header>
      <Tabs />
      <div
        className={own.tabPanel}
        role="tabpanel"
        id="coverage-panel"
        aria-labelledby={`coverage-tab-${tab}`}
        data-testid={`coverage-${tab}`}
      >
        <Boundary name={tab}>
          <Suspense fallback={<Waiting />}>{panels[tab]()}</Suspense>
        </Boundary>
      </div>
    </>
  );
}

/** Arrow keys move among the tabs, as everywhere. */
function Tabs() {
  const t = useWords(words);
  const tab = useWorkbench((s) => s.tab);
  const setTab = useWorkbench((s) => s.setTab);
  const list = useRef<HTMLDivElement>(null);
  const onKey = (e: KeyboardEvent) => {
    const step = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
    if (!step) return;
    e.preventDefault();
    const at = (coverageTabs.indexOf(tab) + step + coverageTabs.length) % coverageTabs.length;
    const next = coverageTabs[at] ?? tab;
    setTab(next);
    list.current?.querySelector<HTMLElement>(`#coverage-tab-${next}`)?.focus();
  };
  return (
    <div className={own.tabs} role="tablist" aria-label={t('title')} ref={list} onKeyDown={onKey}>
      {coverageTabs.map((name) => (
        <button
          key={name}
          id={`coverage-tab-${name}`}
          type="button"
          role="tab"
          tabIndex={name === tab ? 0 : -1}
          aria-selected={name === tab}
          aria-controls="coverage-panel"
          onClick={() => setTab(name)}
          data-testid={`coverage-tab-${name}`}
        >
          {t(`tab.${name}`)}
        </button>
      ))}
    </div>
  );
}
