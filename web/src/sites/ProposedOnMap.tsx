// The proposed facilities of the scenario on the map, with a card at the pointer.
import type { FeatureCollection } from 'geojson';
import type { LayerSpecification, MapMouseEvent } from 'maplibre-gl';
import { useEffect, useMemo, useState } from 'react';
import type { Proposed } from '../api/nouns';
import { useProposed } from '../api/sites';
import { useTypeName } from '../coverage/useTypeName';
import { useWords } from '../language';
import { count } from '../language/format';
import { useControl } from '../map/control';
import { drawnSource } from '../map/Drawn';
import { diamondPicture } from '../map/diamond';
import { MapTip } from '../map/MapTip';
import { type Palette, palettes } from '../map/overlays';
import { words as mapWords } from '../map/words';
import { useScenario } from '../scenarios/useScenario';
import { useWorkbench } from '../state/workbench';
import own from './sites.module.css';
import { words } from './words';

const NAME = 'proposed';
const SYMBOL = 'lp-proposed';
const SYMBOLS = `${drawnSource(NAME)}-symbols`;

function layers(p: Palette, source: string): LayerSpecification[] {
  return [
    {
      id: SYMBOLS,
      type: 'symbol',
      source,
      layout: {
        'icon-image': SYMBOL,
        'icon-allow-overlap': true,
        'icon-size': ['interpolate', ['linear'], ['zoom'], 10, 0.55, 14, 0.85, 16, 1],
        'text-field': ['step', ['zoom'], '', 14.5, ['get', 'name']],
        'text-size': 12,
        'text-anchor': 'top',
        'text-offset': [0, 1],
        'text-optional': true,
      },
      paint: { 'text-color': p.draw, 'text-halo-color': p.halo, 'text-halo-width': 2 },
    },
  ];
}

const images = (p: Palette) => ({ [SYMBOL]: diamondPicture(p.draw, p.halo) });

const nothing: readonly Proposed[] = [];

export function ProposedOnMap() {
  const t = useWords(mapWords);
  const controller = useControl((s) => s.controller);
  const district = useWorkbench((s) => s.district);
  const theme = useWorkbench((s) => s.theme);
  const scenario = useScenario();
  const list = useProposed(district, scenario?.code ?? null).data ?? nothing;
  const shapes = useMemo<FeatureCollection>(
    () => ({
      type: 'FeatureCollection',
      features: list.map((p) => ({
        type: 'Feature',
        properties: { code: p.code, name: p.name || p.facility_name },
        geometry: { type: 'Point', coordinates: p.location },
      })),
    }),
    [list],
  );
  useEffect(() => {
    controller?.setDrawn(NAME, { over: 'names', layers, images }, shapes);
  }, [controller, shapes]);
  useEffect(
    () => () => {
      if (useControl.getState().controller === controller) controller?.setDrawn(NAME, null);
    },
    [controller],
  );
  const any = list.length > 0;
  const title = scenario?.name ?? '';
  useEffect(() => {
    if (!any) return;
    useControl.getState().setNote(NAME, {
      title,
      rows: [{ label: t('proposed'), shape: 'diamond', colours: [palettes[theme].draw] }],
    });
    return () => useControl.getState().setNote(NAME, null);
  }, [any, title, theme, t]);
  return <Card list={list} />;
}

function Card({ list }: { list: readonly Proposed[] }) {
  const t = useWords(words);
  const typeName = useTypeName();
  const controller = useControl((s) => s.controller);
  const [code, setCode] = useState<string | null>(null);
  useEffect(() => {
    const map = controller?.map;
    if (!map) return;
    const look = (e: MapMouseEvent) => {
      const [found] = map.getLayer(SYMBOLS) ? map.queryRenderedFeatures(e.point, { layers: [SYMBOLS] }) : [];
      setCode(found ? String(found.properties.code) : null);
    };
    const leave = () => setCode(null);
    map.on('mousemove', look);
    map.on('mouseout', leave);
    return () => {
      map.off('mousemove', look);
      map.off('mouseout', leave);
    };
  }, [controller]);
  const p = list.find((x) => x.code === code);
  if (!p) return null;
  return (
    <MapTip testId="proposed-card">
      <strong>{p.name || p.facility_name}</strong>
      <span>
        {t('proposed')} · {typeName(p)}
        {p.capacity !== null && ` · ${t('capacityOf', { n: count(p.capacity) })}`}
      </span>
      {p.note && <span className={own.quiet}>{p.note}</span>}
    </MapTip>
  );
}
