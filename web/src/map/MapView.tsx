// Joins the map controller to the app: state and server data flow into it,
// what the person points at flows out of it into the store.
import { useQuery } from '@tanstack/react-query';
import type { StyleSpecification } from 'maplibre-gl';
import { useEffect, useRef, useState } from 'react';
import * as api from '../api/endpoints';
import { useDistrict } from '../api/queries';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Failure } from '../ui/State';
import { useControl } from './control';
import { communityFilter } from './filter';
import { MapController } from './MapController';
import css from './map.module.css';
import { words } from './words';

export default function MapView() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const theme = useWorkbench((s) => s.theme);
  const info = useDistrict(district);
  const style = useQuery({
    queryKey: ['style', district, theme],
    queryFn: () => api.style(district, theme) as Promise<StyleSpecification>,
    enabled: !!district,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before, query) => (query?.queryKey[1] === district ? before : undefined),
  });
  const box = useRef<HTMLDivElement>(null);
  const [broken, setBroken] = useState(false);
  const controller = useControl((s) => s.controller);
  const shown = useRef<StyleSpecification | null>(null);

  const bounds = info.data?.bbox ?? null;
  const placed = useWorkbench((s) => s.place !== null);
  const canStart = !!style.data && (placed || !!bounds || hasView(style.data));
  const firstStyle = style.data;
  // One map per district: it is taken down and built again when the district changes.
  // biome-ignore lint/correctness/useExhaustiveDependencies: theme and later styles are handled below, without a new map
  useEffect(() => {
    if (!canStart || !firstStyle || !box.current) return;
    const { getState } = useWorkbench;
    let made: MapController;
    try {
      made = new MapController(
        box.current,
        firstStyle,
        getState().theme,
        { place: getState().place, bounds, scenario: getState().scenario },
        {
          moved: (place) => getState().setPlace(place),
          pointed: (p) => getState().setPointer(p),
          hovered: (s) => getState().hover(s && { kind: s.kind, code: s.code }),
          selected: (s) => getState().select(s),
          styled: () => useControl.getState().bump(),
          firstMap: () => {
            performance.mark('first-map');
            document.documentElement.dataset.firstMap = String(Math.round(performance.now()));
            useControl.getState().show();
          },
        },
      );
    } catch (error) {
      console.error(error);
      setBroken(true);
      return;
    }
    shown.current = firstStyle;
    made.setMode(getState().mode);
    made.setHidden(getState().hidden);
    made.setSelection(getState().selection);
    made.setCommunityFilter(communityFilter(getState().filter));
    useControl.getState().setController(made);
    const unsubscribe = useWorkbench.subscribe((now, before) => {
      if (now.mode !== before.mode) made.setMode(now.mode);
      if (now.scenario !== before.scenario) made.setScenario(now.scenario);
      if (now.hidden !== before.hidden) made.setHidden(now.hidden);
      if (now.selection !== before.selection) made.setSelection(now.selection);
      if (now.hovered !== before.hovered) made.setHover(now.hovered);
      if (now.filter !== before.filter) made.setCommunityFilter(communityFilter(now.filter));
      if (now.place && now.place !== before.place) made.setPlace(now.place);
    });
    return () => {
      unsubscribe();
      useControl.getState().setController(null);
      made.destroy();
    };
  }, [district, canStart]);

  useEffect(() => {
    if (!controller || !style.data || style.data === shown.current || style.isPlaceholderData) return;
    shown.current = style.data;
    controller.setStyle(style.data, theme);
  }, [controller, style.data, style.isPlaceholderData, theme]);

  if (broken) return <div className={css.fill}>{t('noWebgl')}</div>;
  return (
    <>
      <div className={css.map} data-testid="map">
        <div ref={box} className={css.canvas} />
      </div>
      {style.isError && (
        <div className={css.fill}>
          <Failure error={style.error} retry={() => void style.refetch()} />
        </div>
      )}
    </>
  );
}

function hasView(style: StyleSpecification): boolean {
  return Array.isArray(style.center) && typeof style.zoom === 'number';
}
