// The totals beside the pointer while a zone is drawn.
import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { useWords } from '../language';
import { count, floorArea, landArea, percent } from '../language/format';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { useDrawing } from './drawing';
import { words } from './words';
import css from './zones.module.css';

export function LiveCard() {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const controller = useControl((s) => s.controller);
  const { active, sketch, totals, area, faults, pointer, tool } = useDrawing();
  const card = useRef<HTMLDivElement>(null);
  const shown = active && area > 0 && (sketch.open.length > 0 || tool === 'edit') && pointer !== null;
  useEffect(() => {
    const map = controller?.map;
    if (!map || !shown) return;
    const follow = (e: { point: { x: number; y: number } }) => {
      const el = card.current;
      if (!el) return;
      const box = map.getContainer().getBoundingClientRect();
      const x =
        e.point.x + 18 + el.offsetWidth > box.width ? e.point.x - 18 - el.offsetWidth : e.point.x + 18;
      const y = Math.max(6, Math.min(e.point.y + 18, box.height - el.offsetHeight - 6));
      el.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
    };
    if (pointer) follow({ point: map.project(pointer) });
    map.on('mousemove', follow);
    return () => {
      map.off('mousemove', follow);
    };
  }, [controller, shown, pointer]);
  const container = controller?.map.getContainer();
  if (!shown || !container) return null;
  return createPortal(
    <div className={css.live} ref={card} data-testid="live-card">
      {faults.length > 0 ? (
        <div className={css.liveFault}>{t('crossing')}</div>
      ) : (
        <dl>
          <Line label={t('area')} value={landArea(totals?.area_m2 ?? area, language)} />
          <Line label={t('communities')} value={totals ? count(totals.communities) : '…'} />
          <Line label={t('buildings')} value={totals ? count(totals.buildings) : '…'} />
          <Line label={t('households')} value={totals ? count(totals.households) : '…'} />
          <Line label={t('floorArea')} value={totals ? floorArea(totals.floor_area_m2, language) : '…'} />
          <Line
            label={t('eligible')}
            value={totals ? (totals.communities > 0 ? percent(totals.eligible_share) : '—') : '…'}
          />
        </dl>
      )}
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
