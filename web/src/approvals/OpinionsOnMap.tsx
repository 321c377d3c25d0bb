// Open opinions of the joint review as pins, the card of a chosen one, and the
// pointing out of a place for one that is being written.
import type { MapMouseEvent } from 'maplibre-gl';
import { useEffect, useMemo, useRef } from 'react';
import { createPortal } from 'react-dom';
import { type Opinion, useOpenOpinions } from '../api/approvals';
import { useDrawn } from '../coverage/useDrawn';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { palettes } from '../map/overlays';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import own from './approvals.module.css';
import { openApproval, useOpining } from './opining';
import { PlacingTool } from './PlacingTool';
import { PINS, pinColours, pinImages, pinLayer, pinLayers, pinShapes } from './pins';
import { VerdictBadge } from './Review';
import { words } from './words';

const drawn = { over: 'names' as const, layers: pinLayers, images: pinImages };
const nothing: readonly Opinion[] = [];

export function OpinionsOnMap() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const theme = useWorkbench((s) => s.theme);
  const list = useOpenOpinions(district).data ?? nothing;
  const chosen = useOpining((s) => s.chosen);
  const placing = useOpining((s) => s.placing);
  useDrawn(
    PINS,
    drawn,
    useMemo(() => pinShapes(list, chosen), [list, chosen]),
  );
  const any = list.some((o) => o.location);
  useEffect(() => {
    if (!any) return;
    const colours = pinColours(palettes[theme]);
    useControl.getState().setNote(PINS, {
      title: t('pinTitle'),
      rows: [
        { label: t('verdict.object'), shape: 'circle', colours: [colours.object] },
        { label: t('verdict.agree_if'), shape: 'circle', colours: [colours.agree_if] },
      ],
    });
    return () => useControl.getState().setNote(PINS, null);
  }, [any, theme, t]);
  usePicking();
  const shown = list.find((o) => o.id === chosen);
  return (
    <>
      {shown?.location && !placing && <PinCard opinion={shown} at={shown.location} />}
      {placing && <Placing />}
    </>
  );
}

/** A click on a pin shows its card. */
function usePicking(): void {
  const controller = useControl((s) => s.controller);
  useEffect(() => {
    const map = controller?.map;
    if (!map) return;
    const under = (e: MapMouseEvent) => {
      const [found] = map.getLayer(pinLayer)
        ? map.queryRenderedFeatures(e.point, { layers: [pinLayer] })
        : [];
      return found ? String(found.properties.id) : null;
    };
    const pick = (e: MapMouseEvent) => {
      const id = under(e);
      if (id && !useOpining.getState().placing) useOpining.getState().choose(id);
    };
    const point = (e: MapMouseEvent) => {
      if (!useOpining.getState().placing && under(e)) map.getCanvas().style.cursor = 'pointer';
    };
    map.on('click', pick);
    map.on('mousemove', point);
    return () => {
      map.off('click', pick);
      map.off('mousemove', point);
      useOpining.getState().choose(null);
    };
  }, [controller]);
}

function PinCard({ opinion: o, at }: { opinion: Opinion; at: NonNullable<Opinion['location']> }) {
  const t = useWords(words);
  const controller = useControl((s) => s.controller);
  const choose = useOpining((s) => s.choose);
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const map = controller?.map;
    if (!map) return;
    const follow = () => {
      const el = card.current;
      if (!el) return;
      const { x, y } = map.project(at);
      const box = map.getContainer();
      const left = Math.max(6, Math.min(x - el.offsetWidth / 2, box.clientWidth - el.offsetWidth - 6));
      const above = y - 36 - el.offsetHeight;
      el.style.transform = `translate(${Math.round(left)}px, ${Math.round(above > 6 ? above : y + 10)}px)`;
      el.hidden = x < 0 || y < 0 || x > box.clientWidth || y > box.clientHeight;
    };
    follow();
    map.on('move', follow);
    return () => {
      map.off('move', follow);
    };
  }, [controller, at]);
  const container = controller?.map.getContainer();
  if (!container) return null;
  return createPortal(
    <div className={own.card} ref={card} data-testid="opinion-card">
      <header>
        <strong>{o.department}</strong>
        <VerdictBadge verdict={o.verdict} />
        <IconButton icon="close" small label={t('close')} onClick={() => choose(null)} />
      </header>
      <p>{o.text}</p>
      <footer>
        <span>
          {o.project} {o.project_name}
        </span>
        <Button small onClick={() => openApproval(o.project, 'review')} data-testid="opinion-card-open">
          {t('toProject')}
        </Button>
      </footer>
    </div>,
    container,
  );
}

function Placing() {
  const t = useWords(words);
  const controller = useControl((s) => s.controller);
  const department = useOpining((s) => s.draft.department);
  const place = useOpining((s) => s.place);
  useEffect(() => {
    if (!controller) return;
    controller.setTool(new PlacingTool((at) => useOpining.getState().place(at)));
    const onKey = (e: KeyboardEvent) => {
      if (e.key !== 'Escape') return;
      e.preventDefault();
      useOpining.getState().place(null);
    };
    addEventListener('keydown', onKey, true);
    return () => {
      removeEventListener('keydown', onKey, true);
      controller.setTool(null);
    };
  }, [controller]);
  return (
    <div className={own.placing} role="status" data-testid="opinion-placing">
      <span>{t('placing', { department: department || t('review') })}</span>
      <Button small onClick={() => place(null)} data-testid="opinion-placing-back">
        {t('placingBack')}
      </Button>
    </div>
  );
}
