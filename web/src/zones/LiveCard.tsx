// The totals beside the pointer while a zone is drawn or painted.
import { type ReactNode, useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import type { Measurement, Position, Totals } from '../api/nouns';
import { useWords } from '../language';
import { count, floorArea, landArea, percent } from '../language/format';
import { useControl } from '../map/control';
import { metresBetween } from '../map/mercator';
import { useWorkbench } from '../state/workbench';
import { useDrawing } from './drawing';
import { usePainting } from './painting';
import { words } from './words';
import css from './zones.module.css';

export function LiveCard() {
  const t = useWords(words);
  const { active, sketch, totals, area, faults, pointer, tool, clash } = useDrawing();
  const shown = active && area > 0 && (sketch.open.length > 0 || tool === 'edit') && pointer !== null;
  const centre = tool === 'circle' ? sketch.open[0] : undefined;
  if (!shown) return null;
  return (
    <AtPointer at={pointer} away={18}>
      {clash || faults.length > 0 ? (
        <div className={css.liveFault}>{clash ? t(`clash.${clash}`) : t('crossing')}</div>
      ) : (
        <dl>
          {centre && pointer && (
            <Line label={t('radius')} value={metres(metresBetween(centre, pointer), t('metre'))} />
          )}
          <Figures totals={totals} area={area} />
        </dl>
      )}
    </AtPointer>
  );
}

/** The totals beside the brush. */
export function PaintCard() {
  const totals = usePainting((s) => s.totals);
  const radius = usePainting((s) => s.radius);
  const shown = usePainting((s) => s.stroke !== null || s.past.length > 0);
  if (!shown || !totals) return null;
  return (
    <AtPointer at={null} away={radius + 10}>
      <dl>
        <Figures totals={totals} area={null} />
      </dl>
    </AtPointer>
  );
}

function Figures({ totals, area }: { totals: Totals | Measurement | null; area: number | null }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  return (
    <>
      {area !== null && <Line label={t('area')} value={landArea(totals?.area_m2 ?? area, language)} />}
      <Line label={t('communities')} value={totals ? count(totals.communities) : '…'} />
      <Line label={t('buildings')} value={totals ? count(totals.buildings) : '…'} />
      <Line label={t('households')} value={totals ? count(totals.households) : '…'} />
      <Line label={t('floorArea')} value={totals ? floorArea(totals.floor_area_m2, language) : '…'} />
      <Line
        label={t('eligible')}
        value={totals ? (totals.communities > 0 ? percent(totals.eligible_share) : '—') : '…'}
      />
      {totals && 'consent' in totals && totals.consent && (
        <Line label={t('consent')} value={percent(totals.consent.share)} />
      )}
      {totals && 'contiguity' in totals && totals.contiguity && (
        <Line
          label={t('contiguity')}
          value={
            totals.contiguity.parts === 1 ? t('contiguous') : t('inParts', { n: totals.contiguity.parts })
          }
        />
      )}
    </>
  );
}

/** A card that follows the pointer over the map, `away` pixels from it, and stays on the map. */
function AtPointer({ at, away, children }: { at: Position | null; away: number; children: ReactNode }) {
  const controller = useControl((s) => s.controller);
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const map = controller?.map;
    if (!map) return;
    const follow = (e: { point: { x: number; y: number } }) => {
      const el = card.current;
      if (!el) return;
      const box = map.getContainer().getBoundingClientRect();
      const x =
        e.point.x + away + el.offsetWidth > box.width ? e.point.x - away - el.offsetWidth : e.point.x + away;
      const y = Math.max(6, Math.min(e.point.y + away, box.height - el.offsetHeight - 6));
      el.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
      el.style.visibility = 'visible';
    };
    if (at) follow({ point: map.project(at) });
    map.on('mousemove', follow);
    return () => {
      map.off('mousemove', follow);
    };
  }, [controller, at, away]);
  const container = controller?.map.getContainer();
  if (!container) return null;
  return createPortal(
    <div
      className={css.live}
      ref={card}
      style={at ? undefined : { visibility: 'hidden' }}
      data-testid="live-card"
    >
      {children}
    </div>,
    container,
  );
}
function Line({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
const metres = (m: number, unit: string) => `${m < 100 ? m.toFixed(1) : count(Math.round(m))} ${unit}`;
