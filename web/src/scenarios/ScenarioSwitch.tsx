// The scenario in the top bar: which one is worked on, and the way to the others.
import { lazy, Suspense, useEffect, useRef } from 'react';
import { useSession } from '../api/queries';
import * as api from '../api/scenarios';
import { useScenarios } from '../api/scenarios';
import frame from '../frame/frame.module.css';
import { useWords } from '../language';
import { count } from '../language/format';
import { useSteps } from '../state/undo';
import { useWorkbench } from '../state/workbench';
import { Icon } from '../ui/icons';
import { Menu, MenuItem, MenuLine } from '../ui/Menu';
import { say } from '../ui/Toast';
import { formatAgainst } from './against';
import { useScenarioDesk } from './desk';
import { said } from './said';
import css from './switch.module.css';
import { useScenario, workOn } from './useScenario';
import { words } from './words';

const ScenarioDialog = lazy(() => import('./ScenarioDialog'));

export function ScenarioSwitch() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const list = useScenarios(district);
  const current = useScenario();
  const window = useScenarioDesk((s) => s.window);
  const show = useScenarioDesk((s) => s.show);
  const drawing = useSteps((s) => s.stepper !== null);
  useOthers();
  if (list.isError && !list.data) return null;
  const others = (list.data ?? []).filter((s) => s.code !== current?.code);
  /** With the first other scenario, or with how this one was a step ago. */
  const compare = () => {
    const other = others[0];
    const { compareWith, setMode } = useWorkbench.getState();
    if (other) compareWith(formatAgainst({ code: other.code, revision: null }));
    else if (current && current.revision > 1)
      compareWith(formatAgainst({ code: current.code, revision: current.revision - 1 }));
    else return say(`${t('nothingToCompare')}。${t('nothingToCompareText')}`);
    setMode('zones');
  };
  return (
    <>
      <Menu
        align="start"
        trigger={
          <button
            type="button"
            className={`${frame.district} ${css.switch}`}
            data-testid="scenario-switch"
            title={drawing ? t('drawing') : t('scenario')}
            disabled={drawing}
          >
            <Icon name="scenarios" size={15} />
            <span className={frame.districtName}>{current?.name ?? '…'}</span>
            {current?.main && <span className={css.tag}>{t('main')}</span>}
            <Icon name="down" size={13} />
          </button>
        }
      >
        {(list.data ?? []).map((s) => (
          <MenuItem
            key={s.code}
            onSelect={() => workOn(s)}
            ticked={s.code === current?.code}
            detail={`${s.main ? `${t('main')} · ` : ''}${t('zones')} ${count(s.zones)}`}
            testId={`scenario-${s.code}`}
          >
            {s.name}
          </MenuItem>
        ))}
        <MenuLine />
        <MenuItem icon="pencil" onSelect={() => show('list')} testId="scenario-manage">
          {t('manage')}
        </MenuItem>
        <MenuItem icon="compare" onSelect={compare} testId="scenario-compare">
          {t('compareWith')}
        </MenuItem>
        <MenuItem icon="history" onSelect={() => show('history')} testId="scenario-history">
          {t('history')}
        </MenuItem>
      </Menu>
      {window === 'list' && (
        <Suspense fallback={null}>
          <ScenarioDialog onClose={() => show(null)} />
        </Suspense>
      )}
    </>
  );
}

/** Says what others do in the scenario that is worked on, and leaves one that they deleted. */
function useOthers(): void {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const code = useWorkbench((s) => s.scenario);
  const list = useScenarios(district);
  const session = useSession();
  const current = useScenario();
  const seen = useRef<{ code: string; revision: number } | null>(null);
  const me = session.data;

  const missing =
    list.isSuccess && !list.isFetching && code !== null && !list.data.some((s) => s.code === code);
  useEffect(() => {
    if (!missing) return;
    useWorkbench.getState().setScenario(null);
    say(t('gone'), { bad: true });
  }, [missing, t]);

  const currentCode = current?.code ?? null;
  const revision = current?.revision ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for every revision that arrives
  useEffect(() => {
    if (!currentCode) return;
    const before = seen.current;
    seen.current = { code: currentCode, revision };
    if (before?.code !== currentCode || revision <= before.revision) return;
    let stopped = false;
    api
      .revisions(district, currentCode, Math.min(5, revision - before.revision), null)
      .then((news) => {
        if (stopped) return;
        for (const r of news.reverse())
          if (r.by && r.by !== me?.name) say(t('theyDid', { who: r.by, what: said(r, t) }));
      })
      .catch(() => {}); // only a courtesy: the change itself is on the map already
    return () => {
      stopped = true;
    };
  }, [district, currentCode, revision]);
}
