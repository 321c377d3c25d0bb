// The history of the scenario: who did what and when; any revision can be
// looked at on the map, compared with now, and brought back.
import { useEffect, useRef, useState } from 'react';
import type { Bounds, Revision, Scenario, Zone } from '../api/nouns';
import { useSession } from '../api/queries';
import { useRevisions } from '../api/scenarios';
import frame from '../frame/frame.module.css';
import { useWords } from '../language';
import { moment } from '../language/format';
import { useControl } from '../map/control';
import { may } from '../people/capability';
import { useSteps } from '../state/undo';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Empty, Failure, Notice, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import { formatAgainst } from './against';
import { byDay } from './days';
import { useScenarioDesk } from './desk';
import css from './history.module.css';
import { said } from './said';
import { usePreview } from './usePreview';
import { useScenario } from './useScenario';
import { useScenarioActions } from './useScenarioActions';
import { words } from './words';

export default function HistoryPanel() {
  const t = useWords(words);
  const scenario = useScenario();
  const show = useScenarioDesk((s) => s.show);
  return (
    <>
      <header className={frame.head}>
        <h2>{scenario ? t('historyOf', { name: scenario.name }) : t('history')}</h2>
        <IconButton
          icon="close"
          small
          label={t('close')}
          onClick={() => show(null)}
          data-testid="history-close"
        />
      </header>
      {scenario ? <Revisions key={scenario.code} scenario={scenario} /> : <Waiting rows={8} />}
    </>
  );
}

function Revisions({ scenario }: { scenario: Scenario }) {
  const t = useWords(words);
  const sentence = useSentence();
  const district = useWorkbench((s) => s.district);
  const session = useSession();
  const list = useRevisions(district, scenario.code);
  const preview = useScenarioDesk((s) => s.preview);
  const setPreview = useScenarioDesk((s) => s.setPreview);
  const zones = usePreview(scenario.code, preview?.revision ?? null);
  useSight(zones.data, preview?.revision ?? null);
  const actions = useScenarioActions();
  const [asked, setAsked] = useState<Revision | null>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const refused = may(session.data, 'draw.zone') ? null : t('noRight');
  const all = list.data?.pages.flat() ?? [];
  const who = (r: Revision) => (r.by && r.by !== 'system' ? r.by : t('system'));

  const restore = async (r: Revision) => {
    setBusy(true);
    setFault(null);
    try {
      await actions.restore(scenario.code, r.revision);
      setPreview(null);
      setAsked(null);
      say(t('restored', { n: r.revision }), {
        action: { label: t('undo'), run: () => void useSteps.getState().undo() },
      });
    } catch (error) {
      setFault(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  const compare = (r: Revision) => {
    setPreview(null);
    useWorkbench.getState().setMode('zones');
    useWorkbench.getState().compareWith(formatAgainst({ code: scenario.code, revision: r.revision }));
  };
  if (list.isPending) return <Waiting rows={8} />;
  if (list.isError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (!all.length) return <Empty icon="history" title={t('noHistory')} />;
  return (
    <>
      {preview && (
        <div className={css.preview} data-testid="preview-note">
          <i aria-hidden="true" />
          <span>
            {zones.data?.length === 0
              ? t('previewNone', { n: preview.revision })
              : t('previewing', { n: preview.revision, when: moment(preview.at), who: who(preview) })}
          </span>
          <Button small tone="ghost" onClick={() => setPreview(null)} data-testid="preview-end">
            {t('stopPreview')}
          </Button>
        </div>
      )}
      <div className={frame.scroll} data-testid="history">
        {byDay(all).map((day) => (
          <div key={day.date} className={css.day}>
            <h3>{day.date}</h3>
            <ol>
              {day.revisions.map((r) => {
                const now = r.revision === scenario.revision;
                const shown = preview?.revision === r.revision;
                return (
                  <li key={r.revision} className={css.revision} data-now={now} data-shown={shown}>
                    <div className={css.what} data-testid="revision" data-revision={r.revision}>
                      <strong>{said(r, t)}</strong>
                      <span>
                        {moment(r.at).slice(11)} · {who(r)} · {t('revision', { n: r.revision })}
                        {now && <em>{t('now')}</em>}
                      </span>
                    </div>
                    {!now && (
                      <div className={css.actions}>
                        <IconButton
                          icon="locate"
                          small
                          label={shown ? t('stopPreview') : t('preview')}
                          pressed={shown}
                          onClick={() => setPreview(shown ? null : r)}
                          data-testid={`preview-${r.revision}`}
                        />
                        <IconButton
                          icon="compare"
                          small
                          label={t('compareNow')}
                          onClick={() => compare(r)}
                          data-testid={`compare-${r.revision}`}
                        />
                        <IconButton
                          icon="history"
                          small
                          label={t('restore')}
                          refused={refused}
                          onClick={() => setAsked(r)}
                          data-testid={`restore-${r.revision}`}
                        />
                      </div>
                    )}
                  </li>
                );
              })}
            </ol>
          </div>
        ))}
        {list.hasNextPage && (
          <div className={css.older}>
            <Button
              small
              disabled={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
              data-testid="history-older"
            >
              {t('older')}
            </Button>
          </div>
        )}
      </div>
      <Dialog
        open={asked !== null}
        onClose={() => setAsked(null)}
        title={asked ? t('restoreTitle', { n: asked.revision }) : ''}
        width={420}
        testId="restore-dialog"
        foot={
          <>
            <Button onClick={() => setAsked(null)}>{t('cancel')}</Button>
            <Button
              tone="primary"
              disabled={busy}
              onClick={() => asked && void restore(asked)}
              data-testid="restore-confirm"
            >
              {t('restore')}
            </Button>
          </>
        }
      >
        {asked && t('restoreText', { name: scenario.name, when: moment(asked.at) })}
        {fault && <Notice tone="bad">{fault}</Notice>}
      </Dialog>
    </>
  );
}

/** Brings the previewed zones into sight, once. */
function useSight(zones: readonly Zone[] | undefined, revision: number | null): void {
  const seen = useRef<number | null>(null);
  useEffect(() => {
    if (revision === null || !zones || seen.current === revision) return;
    seen.current = revision;
    const box = together(zones.map((z) => z.bbox));
    if (box) useControl.getState().controller?.reveal(box, null);
  }, [zones, revision]);
}

function together(boxes: readonly Bounds[]): Bounds | null {
  const [first, ...rest] = boxes;
  if (!first) return null;
  return rest.reduce<Bounds>(
    (b, n) => [Math.min(b[0], n[0]), Math.min(b[1], n[1]), Math.max(b[2], n[2]), Math.max(b[3], n[3])],
    first,
  );
}
