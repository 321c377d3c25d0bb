// The panel of the program mode: its tabs, and what the open one is about.
import { type KeyboardEvent, lazy, Suspense, useRef } from 'react';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { PhasesPanel } from '../phases/PhasesPanel';
import { type ProgramTab, programTabs } from '../state/address';
import { useWorkbench } from '../state/workbench';
import { Boundary } from '../ui/Boundary';
import { Waiting } from '../ui/State';
import own from './program.module.css';
import { words } from './words';

const BoardPanel = lazy(() => import('../dashboard/BoardPanel'));
const ProjectsPanel = lazy(() => import('../projects/ProjectsPanel'));
const SurveysPanel = lazy(() => import('../surveys/SurveysPanel'));
const FundsPanel = lazy(() => import('../works/FundsPanel'));
const ApprovalsPanel = lazy(() => import('../approvals/ApprovalsPanel'));
const MonthsPanel = lazy(() => import('../progress/MonthsPanel'));
const PolicyPanel = lazy(() => import('../policies/PolicyPanel'));

const panels: Record<ProgramTab, () => React.ReactNode> = {
  board: () => <BoardPanel />,
  projects: () => <ProjectsPanel />,
  surveys: () => <SurveysPanel />,
  money: () => <FundsPanel />,
  approvals: () => <ApprovalsPanel />,
  months: () => <MonthsPanel />,
  years: () => <PhasesPanel />,
  policy: () => <PolicyPanel />,
};

export default function ProgramPanel() {
  const t = useWords(words);
  const tab = useWorkbench((s) => s.programTab);
  return (
    <>
      <header className={css.head}>
        <h2>{t('title')}</h2>
      </header>
      <Tabs />
      <div
        className={own.tabPanel}
        role="tabpanel"
        id="program-panel"
        aria-labelledby={`program-tab-${tab}`}
        data-testid={`program-${tab}`}
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
  const tab = useWorkbench((s) => s.programTab);
  const setTab = useWorkbench((s) => s.setProgramTab);
  const list = useRef<HTMLDivElement>(null);
  const onKey = (e: KeyboardEvent) => {
    const step = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
    if (!step) return;
    e.preventDefault();
    const at = (programTabs.indexOf(tab) + step + programTabs.length) % programTabs.length;
    const next = programTabs[at] ?? tab;
    setTab(next);
    list.current?.querySelector<HTMLElement>(`#program-tab-${next}`)?.focus();
  };
  return (
    <div className={own.tabs} role="tablist" aria-label={t('title')} ref={list} onKeyDown={onKey}>
      {programTabs.map((name) => (
        <button
          key={name}
          id={`program-tab-${name}`}
          type="button"
          role="tab"
          tabIndex={name === tab ? 0 : -1}
          aria-selected={name === tab}
          aria-controls="program-panel"
          onClick={() => setTab(name)}
          data-testid={`program-tab-${name}`}
        >
          {t(`tab.${name}`)}
        </button>
      ))}
    </div>
  );
}
