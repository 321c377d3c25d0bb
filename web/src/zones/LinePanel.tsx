// The panel while a line is drawn that splits a zone or moves its edge.
import { useEffect, useMemo, useRef, useState } from 'react';
import * as api from '../api/endpoints';
import type { Edit, Position, Zone } from '../api/nouns';
import { useZones } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { worldSize } from '../map/mercator';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import { useCutting } from './cutting';
import { LineTool } from './LineTool';
import { footOn, reshaped, zoneBeside, zoneUnder } from './reshape';
import { SnapSwitch } from './SnapSwitch';
import { useEdits } from './useEdits';
import { words } from './words';
import { newerZone, ZoneConflict } from './ZoneConflict';
import own from './zones.module.css';

const REACH = 10; // px within which an end of the line counts as lying on the outline
const AROUND = 40_075_016.7; // m, the equator

export function LinePanel() {
  const t = useWords(words);
  const sentence = useSentence();
  const district = useWorkbench((s) => s.district);
  const controller = useControl((s) => s.controller);
  const { use, zone, line } = useCutting();
  const zones = useZones(district).data;
  const { make } = useEdits();
  const [saving, setSaving] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [theirs, setTheirs] = useState<{ mine: Zone; now: Zone; line: readonly Position[] } | null>(null);

  /** Metres on the ground that count as touching the outline, at the zoom of the map. */
  const reach = () => {
    const map = controller?.map;
    if (!map) return 0;
    const shrink = Math.cos((map.getCenter().lat * Math.PI) / 180);
    return (REACH * AROUND * shrink) / worldSize(map.getZoom());
  };
  const targetOf = (along: readonly Position[]): Zone | null =>
    zone ?? (use === 'split' ? zoneUnder(zones ?? [], along) : zoneBeside(zones ?? [], along, reach()));

  const nearestEdge = (at: Position) =>
    (zone ? [zone] : (zones ?? []))
      .map((z) => footOn(z.geometry, at))
      .reduce((a, b) => (!a || (b && b.metres < a.metres) ? b : a), null);

  const end = () => {
    useCutting.getState().end();
    if (zone) useWorkbench.getState().select({ kind: 'zone', code: zone.code });
  };
  const change = (target: Zone, along: readonly Position[]): Promise<Edit> =>
    use === 'split'
      ? make({
          label: t('splitStep', { name: target.name }),
          act: () => api.splitZone(district, target, [...along]),
          made: (edit) => edit.zones.map((z) => z.code).filter((code) => code !== target.code),
        })
      : make({
          label: t('reshapeStep', { name: target.name }),
          act: () => api.reshapeZone(district, target, [...along]),
        });
  const done = (edit: Edit, target: Zone) => {
    useCutting.getState().end();
    useWorkbench.getState().select({ kind: 'zone', code: target.code });
    const others = edit.zones.filter((z) => z.code !== target.code).map((z) => z.name);
    if (use === 'split') say(t('splitDone', { name: target.name, names: others.join('、') }));
    else if (others.length) say(t('reshapeDone', { name: target.name, names: others.join('、') }));
    else say(t('saved', { name: target.name }));
  };

  async function finish(): Promise<void> {
    if (saving) return;
    const drawn = useCutting.getState().line;
    const target = targetOf(drawn);
    if (!target) return setFault(t(use === 'split' ? 'noZoneUnder' : 'noZoneBeside'));
    const along = use === 'split' ? drawn : onOutline(target, drawn, reach());
    if (!along) return setFault(t('endsOffEdge', { name: target.name }));
    setFault(null);
    setSaving(true);
    try {
      done(await change(target, along), target);
    } catch (error) {
      const now = newerZone(error);
      if (now) setTheirs({ mine: target, now, line: along });
      else setFault(sentence(error));
    } finally {
      setSaving(false);
    }
  }

  const latest = useRef({ finish, end, targetOf, nearestEdge, reach, use });
  latest.current = { finish, end, targetOf, nearestEdge, reach, use };
  const tool = useMemo(
    () =>
      new LineTool({
        finished: () => void latest.current.finish(),
        cancelled: () => latest.current.end(),
        // The ends of a reshape lie on the outline; where it is near, it comes before everything else.
        edge: (at) => {
          const now = latest.current;
          const foot = now.use === 'reshape' ? now.nearestEdge(at) : null;
          return foot && foot.metres <= now.reach() ? foot.at : null;
        },
        outlines: (along) => {
          const now = latest.current;
          const target = now.targetOf(along);
          return {
            before: target?.geometry ?? null,
            after:
              now.use === 'reshape' && target && along.length > 1
                ? reshaped(target.geometry, along, now.reach())
                : null,
          };
        },
      }),
    [],
  );
  useEffect(() => {
    controller?.setTool(tool);
    return () => controller?.setTool(null);
  }, [controller, tool]);
  const bounds = zone?.bbox ?? null;
  useEffect(() => {
    const timer = setTimeout(() => bounds && controller?.frame(bounds), 120);
    return () => clearTimeout(timer);
  }, [controller, bounds]);
  // A new attempt deserves a clean slate.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the line is what the fault was about
  useEffect(() => setFault(null), [line]);

  if (!use) return null;
  return (
    <>
      <header className={css.head}>
        <h2>{zone ? t(`${use}Of`, { name: zone.name }) : t(`tool.${use}`)}</h2>
      </header>
      <div className={css.scroll}>
        <div className={css.section}>
          <p className={own.hint}>{t(use === 'split' ? 'hintSplit' : 'hintReshape')}</p>
          <SnapSwitch />
          {fault && <Notice tone="bad">{fault}</Notice>}
        </div>
      </div>
      <div className={css.foot}>
        <Button
          tone="primary"
          disabled={saving || line.length < 2}
          onClick={() => void finish()}
          data-testid="line-finish"
          style={{ flex: 1 }}
        >
          {saving ? t('saving') : t('done')}
        </Button>
        <Button onClick={end} data-testid="line-cancel">
          {t('cancel')}
        </Button>
      </div>
      {theirs && (
        <ZoneConflict
          mine={{ ...theirs.mine, line: theirs.line }}
          theirs={theirs.now}
          onClose={() => setTheirs(null)}
          onMine={async () => done(await change(theirs.now, theirs.line), theirs.now)}
          onTheirs={() => {
            useCutting.getState().end();
            useWorkbench.getState().select({ kind: 'zone', code: theirs.now.code });
          }}
        />
      )}
    </>
  );
}

/** The line with its ends put exactly on the outline; null where an end is too far off. */
function onOutline(zone: Zone, line: readonly Position[], reach: number): Position[] | null {
  const [first, last] = [line[0], line.at(-1)];
  const from = first && footOn(zone.geometry, first);
  const to = last && footOn(zone.geometry, last);
  if (!from || !to || from.metres > reach || to.metres > reach) return null;
  return [from.at, ...line.slice(1, -1), to.at];
}
