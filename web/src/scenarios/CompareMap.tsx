// The other scenario on a second map over the first. The divider decides how
// much of each is seen; both look at the same place.
import { useQuery } from '@tanstack/react-query';
import type { StyleSpecification } from 'maplibre-gl';
import { useEffect, useMemo, useRef, useState } from 'react';
import * as api from '../api/endpoints';
import { useZones } from '../api/queries';
import { useScenarios, useZonesAt } from '../api/scenarios';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { communityFilter } from '../map/filter';
import { MapController } from '../map/MapController';
import { useWorkbench } from '../state/workbench';
import { type Against, formatAgainst } from './against';
import css from './compare.module.css';
import { drawZones, featuresOf, inks } from './revisionLayer';
import { MIDDLE, moveBy, shareAt } from './swipe';
import { useScenario } from './useScenario';
import { words } from './words';

export default function CompareMap({ against }: { against: Against }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const list = useScenarios(district);
  const current = useScenario();
  const [share, setShare] = useState(MIDDLE);
  const box = useRef<HTMLDivElement>(null);
  const dragged = useRef(false);
  const other = list.data?.find((s) => s.code === against.code);
  const otherName = other
    ? against.revision === null
      ? other.name
      : t('revisionOf', { name: other.name, n: against.revision })
    : '';
  const at = `${(100 * share).toFixed(2)}%`;
  return (
    <div ref={box} className={css.box} data-testid="compare-map">
      <div className={css.clip} style={{ clipPath: `inset(0 0 0 ${at})` }}>
        <OtherMap key={formatAgainst(against)} against={against} />
      </div>
      <div
        className={css.divider}
        style={{ left: at }}
        role="slider"
        tabIndex={0}
        aria-label={t('divider')}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(100 * share)}
        aria-valuetext={t('dividerAt', { n: Math.round(100 * share) })}
        data-testid="compare-divider"
        onPointerDown={(e) => {
          e.currentTarget.setPointerCapture(e.pointerId);
          dragged.current = true;
        }}
        onPointerMove={(e) => {
          const edge = box.current?.getBoundingClientRect();
          if (dragged.current && edge) setShare(shareAt(e.clientX, edge.left, edge.width));
        }}
        onPointerUp={() => {
          dragged.current = false;
        }}
        onPointerCancel={() => {
          dragged.current = false;
        }}
        onDoubleClick={() => setShare(MIDDLE)}
        onKeyDown={(e) => {
          const next = moveBy(e.key, share);
          if (next === null) return;
          e.preventDefault();
          setShare(next);
        }}
      >
        <span className={css.left}>{current?.name ?? ''}</span>
        <span className={css.right}>{otherName}</span>
        <i className={css.handle} aria-hidden="true" />
      </div>
    </div>
  );
}

function OtherMap({ against }: { against: Against }) {
  const district = useWorkbench((s) => s.district);
  const theme = useWorkbench((s) => s.theme);
  const style = useQuery({
    queryKey: ['style', district, theme],
    queryFn: () => api.style(district, theme) as Promise<StyleSpecification>,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  });
  const box = useRef<HTMLDivElement>(null);
  const first = useControl((s) => s.controller);
  const [controller, setController] = useState<MapController | null>(null);
  const [styled, setStyled] = useState(0);
  const shown = useRef<StyleSpecification | null>(null);
  const firstStyle = style.data;
  const old = against.revision !== null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: later styles are handled below, without a new map
  useEffect(() => {
    if (!first || !firstStyle || !box.current) return;
    const { getState } = useWorkbench;
    // What this map shows of an old revision is drawn by itself, in place of the zones of today.
    const hidden = () => (old ? [...getState().hidden, 'zones'] : getState().hidden);
    const c = first.map.getCenter();
    const made = new MapController(
      box.current,
      firstStyle,
      getState().theme,
      { place: { lng: c.lng, lat: c.lat, zoom: first.map.getZoom() }, bounds: null, scenario: against.code },
      {
        moved: () => {},
        pointed: (p) => getState().setPointer(p),
        hovered: (s) => getState().hover(s && { kind: s.kind, code: s.code }),
        selected: (s) => getState().select(s),
        styled: () => setStyled((n) => n + 1),
        firstMap: () => {},
      },
    );
    shown.current = firstStyle;
    made.setMode(getState().mode);
    made.setHidden(hidden());
    made.setSelection(getState().selection);
    made.setCommunityFilter(communityFilter(getState().filter));
    const unsubscribe = useWorkbench.subscribe((now, before) => {
      if (now.mode !== before.mode) made.setMode(now.mode);
      if (now.hidden !== before.hidden) made.setHidden(hidden());
      if (now.selection !== before.selection) made.setSelection(now.selection);
      if (now.hovered !== before.hovered) made.setHover(now.hovered);
      if (now.filter !== before.filter) made.setCommunityFilter(communityFilter(now.filter));
    });
    const untie = tie(first.map, made.map);
    setController(made);
    return () => {
      untie();
      unsubscribe();
      setController(null);
      made.destroy();
    };
  }, [first, !!firstStyle, against.code, old]);

  useEffect(() => {
    if (!controller || !style.data || style.data === shown.current || style.isPlaceholderData) return;
    shown.current = style.data;
    controller.setStyle(style.data, theme);
  }, [controller, style.data, style.isPlaceholderData, theme]);

  // The zones of the other scenario as they are now: newer ones are fetched as soon as it is known that there are some.
  const zones = useZones(old ? '' : district, against.code);
  const updated = zones.dataUpdatedAt;
  const drawn = useRef(0);
  useEffect(() => {
    if (!controller || !updated) return;
    if (drawn.current && drawn.current !== updated) controller.refresh('zones');
    drawn.current = updated;
  }, [controller, updated]);

  const then = useZonesAt(district, against.code, against.revision);
  const features = useMemo(() => (then.data ? featuresOf(then.data) : null), [then.data]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `styled` says that the style on the screen is a new one
  useEffect(() => {
    if (!controller || !features || !controller.styleLayers().length) return;
    drawZones(controller.map, features, { ...inks[theme], dashed: false });
  }, [controller, features, theme, styled]);

  return <div ref={box} className={css.canvas} data-testid="compare-other" />;
}

type Moving = MapController['map'];
/** Whichever map is moved takes the other one along. */
function tie(a: Moving, b: Moving): () => void {
  let following = false;
  const lead = (from: Moving, to: Moving) => () => {
    if (following) return;
    following = true;
    to.jumpTo({ center: from.getCenter(), zoom: from.getZoom() });
    following = false;
  };
  const [ab, ba] = [lead(a, b), lead(b, a)];
  a.on('move', ab);
  b.on('move', ba);
  return () => {
    a.off('move', ab);
    b.off('move', ba);
  };
}
