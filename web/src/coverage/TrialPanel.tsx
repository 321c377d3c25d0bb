// The what-if on a run: move, close and add facilities, draw paths, and see at
// once which homes that gains and loses. Nothing is stored until it is kept.
import { useEffect, useMemo, useRef } from 'react';
import type { CoverageRun } from '../api/nouns';
import { useRun, useSession } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { palettes } from '../map/overlays';
import { useSketch } from '../map/Sketch';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Empty, Failure, Notice, useSentence, Waiting } from '../ui/State';
import own from './coverage.module.css';
import { History } from './History';
import { RunTitle } from './RunView';
import { TrialFacilities } from './TrialFacilities';
import { TrialLive } from './TrialLive';
import { TrialPaths } from './TrialPaths';
import { TrialTool } from './TrialTool';
import { TRIAL, trialLayers, trialShapes } from './trialShapes';
import { trialWords } from './trialWords';
import { type TrialHand, useTrying } from './trying';
import { useDrawn } from './useDrawn';
import { useTrial } from './useTrial';

export default function TrialPanel() {
  const t = useWords(trialWords);
  const { district, run: id } = useWorkbench();
  const session = useSession();
  const run = useRun(district, id);
  if (!id)
    return (
      <div className={css.scroll}>
        <Empty icon="coverage" title={t('noRun')}>
          {t('noRunText')}
        </Empty>
        <History />
      </div>
    );
  if (run.isPending) return <Waiting />;
  if (run.isError) return <Failure error={run.error} retry={() => void run.refetch()} />;
  if (session.data && !may(session.data, 'run.coverage'))
    return (
      <Empty icon="lock" title={t('noRight')}>
        {t('noRightText')}
      </Empty>
    );
  return <Trial key={id} run={run.data} />;
}

function Trial({ run }: { run: CoverageRun }) {
  const t = useWords(trialWords);
  const sentence = useSentence();
  const controller = useControl((s) => s.controller);
  const theme = useWorkbench((s) => s.theme);
  const open = useWorkbench((s) => s.open);
  const hand = useTrying((s) => s.hand);
  const { trial, answer, paths, asking, error, retry } = useTrial(run.id);
  const differences = useTrying();
  const radius = run.method === 'radius' ? run.limit.metres : undefined;
  useEffect(() => () => useTrying.getState().reset(), []);

  const facilities = useMemo(() => trial?.facilities ?? [], [trial]);
  const { moved, closed, added, paths: drawn, chosen } = differences;
  useDrawn(
    TRIAL,
    trialLayers,
    useMemo(
      () => trialShapes(facilities, { moved, closed, added, paths: drawn }, chosen, radius),
      [facilities, moved, closed, added, drawn, chosen, radius],
    ),
  );
  useEffect(() => {
    const p = palettes[theme];
    useControl.getState().setNote('trial', {
      title: t('legend'),
      first: true,
      rows: [
        { label: t('legendThere'), shape: 'circle', colours: [p.facility] },
        { label: t('legendNew'), shape: 'circle', colours: [p.draw] },
        { label: t('legendPath'), shape: 'line', colours: [p.draw] },
      ],
    });
    return () => useControl.getState().setNote('trial', null);
  }, [theme, t]);

  const names = useRef(t);
  names.current = t;
  const pointing = hand === 'move' || hand === 'add';
  const tool = useMemo(
    () =>
      new TrialTool({
        clicked: (at, building) => {
          const s = useTrying.getState();
          if (s.hand === 'add') {
            s.add(at, (n) => names.current('newName', { n }));
            s.take('move');
          } else {
            s.choose(null);
            useWorkbench.getState().select(building ? { kind: 'building', code: building } : null);
          }
        },
      }),
    [],
  );
  useEffect(() => {
    if (!controller || !pointing) return;
    controller.setTool(tool);
    return () => controller.setTool(null);
  }, [controller, tool, pointing]);
  const path = pointing ? null : hand;
  const sketch = useSketch(path ? 'line' : null, {
    done: (line) => {
      if (path) useTrying.getState().drawPath(path, line, (n) => t(`path.${path}.name`, { n }));
      useTrying.getState().take('move');
    },
    cancelled: () => useTrying.getState().take('move'),
  });
  useEscape(hand);

  return (
    <>
      <div className={own.live}>
        <RunTitle run={run} />
        <div className={css.row}>
          <Button small tone="ghost" onClick={() => open({ tab: 'runs' })} data-testid="trial-back">
            {t('toRun')}
          </Button>
          <Button
            small
            icon="undo"
            disabled={!any(differences)}
            onClick={() => useTrying.getState().reset()}
            data-testid="trial-reset"
          >
            {t('reset')}
          </Button>
        </div>
      </div>
      {!trial && error ? (
        <Failure error={error} retry={retry} />
      ) : !trial ? (
        <Waiting rows={4} />
      ) : (
        <>
          <TrialLive run={run} trial={trial} answer={answer} asking={asking} />
          <div className={css.scroll}>
            {Boolean(error) && (
              <div className={css.section}>
                <Notice tone="bad">{sentence(error)}</Notice>
              </div>
            )}
            {!trial.current && (
              <div className={css.section}>
                <Notice tone="warn">{t('notCurrent')}</Notice>
              </div>
            )}
            <div className={css.section}>
              <p className={own.method}>
                {path ? t('hintPath') : t(hand === 'add' ? 'hintAdd' : 'hintMove')}
              </p>
              {path && (
                <div className={css.row}>
                  <Button
                    small
                    tone="primary"
                    disabled={sketch.points < 2}
                    onClick={sketch.finish}
                    data-testid="path-finish"
                  >
                    {t('finish')}
                  </Button>
                  <Button small onClick={() => useTrying.getState().take('move')}>
                    {t('cancel')}
                  </Button>
                </div>
              )}
            </div>
            <TrialFacilities run={run} facilities={facilities} />
            <TrialPaths gains={paths} walked={run.method !== 'radius'} />
          </div>
        </>
      )}
    </>
  );
}

/** Escape lets go of what the hand is about to do. */
function useEscape(hand: TrialHand): void {
  useEffect(() => {
    if (hand !== 'add') return;
    const onKey = (e: KeyboardEvent) => {
      if (e.key !== 'Escape') return;
      e.stopImmediatePropagation();
      useTrying.getState().take('move');
    };
    addEventListener('keydown', onKey, { capture: true });
    return () => removeEventListener('keydown', onKey, { capture: true });
  }, [hand]);
}

const any = (d: {
  moved: ReadonlyMap<string, unknown>;
  closed: ReadonlySet<string>;
  added: readonly unknown[];
  paths: readonly unknown[];
}): boolean => d.moved.size + d.closed.size + d.added.length + d.paths.length > 0;
