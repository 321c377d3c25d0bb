// The sites of an answer on the map: numbered by rank, with the households that
// each serves and, where distances are straight lines, how far that reaches.
import type { Feature, FeatureCollection } from 'geojson';
import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from 'maplibre-gl';
import { useEffect, useMemo } from 'react';
import type { Position, Site, Siting } from '../api/nouns';
import { useFacilitiesOf } from '../api/queries';
import { useWords } from '../language';
import { count } from '../language/format';
import { circle } from '../map/circle';
import { useControl } from '../map/control';
import { type Palette, palettes } from '../map/overlays';
import { useWorkbench } from '../state/workbench';
import { words } from './words';

const NAME = 'sites';

function layers(p: Palette, source: string): LayerSpecification[] {
  const taken: FilterSpecification = ['all', ['==', ['get', 'role'], 'site'], ['get', 'accepted']];
  const area: FilterSpecification = ['==', ['geometry-type'], 'Polygon'];
  // An accepted site has the symbol of proposed facilities already.
  const open: FilterSpecification = ['all', ['==', ['get', 'role'], 'site'], ['!', ['get', 'accepted']]];
  const existing: FilterSpecification = ['==', ['get', 'role'], 'existing'];
  const pointed: ExpressionSpecification = ['boolean', ['get', 'pointed'], false];
  return [
    {
      id: `${source}-reach`,
      type: 'fill',
      source,
      filter: area,
      paint: { 'fill-color': p.draw, 'fill-opacity': ['case', pointed, 0.18, 0.07] },
    },
    {
      id: `${source}-reach-line`,
      type: 'line',
      source,
      filter: area,
      paint: {
        'line-color': p.draw,
        'line-width': ['case', pointed, 2.2, 1.2],
        'line-dasharray': [3, 2],
      },
    },
    {
      id: `${source}-existing`,
      type: 'circle',
      source,
      filter: existing,
      paint: {
        'circle-radius': 5,
        'circle-color': p.facility,
        'circle-stroke-color': p.halo,
        'circle-stroke-width': 1.5,
      },
    },
    {
      id: `${source}-dots`,
      type: 'circle',
      source,
      filter: open,
      paint: {
        'circle-radius': ['case', pointed, 14, 11],
        'circle-color': p.draw,
        'circle-stroke-color': p.halo,
        'circle-stroke-width': 2,
      },
    },
    {
      id: `${source}-numbers`,
      type: 'symbol',
      source,
      filter: open,
      layout: { 'text-field': ['get', 'rank'], 'text-size': 13, 'text-allow-overlap': true },
      paint: { 'text-color': p.halo },
    },
    {
      id: `${source}-figures`,
      type: 'symbol',
      source,
      filter: open,
      layout: {
        'text-field': ['get', 'figure'],
        'text-size': 12,
        'text-anchor': 'top',
        'text-offset': [0, 1.25],
      },
      paint: { 'text-color': p.draw, 'text-halo-color': p.halo, 'text-halo-width': 2 },
    },
    {
      id: `${source}-taken`,
      type: 'symbol',
      source,
      filter: taken,
      layout: {
        'text-field': ['concat', ['get', 'rank'], ' · ', ['get', 'figure']],
        'text-size': 12,
        'text-anchor': 'bottom',
        'text-offset': [0, -1.1],
        'text-allow-overlap': true,
      },
      paint: { 'text-color': p.draw, 'text-halo-color': p.halo, 'text-halo-width': 2 },
    },
  ];
}

/** `reach` in metres; null draws no circles. */
export function featuresOf(
  sites: readonly Site[],
  existing: readonly Position[],
  reach: number | null,
  pointed: number | null,
  figure: (site: Site) => string,
): FeatureCollection {
  const circles: Feature[] = reach
    ? sites.map((s) => ({ ...circle(s.location, reach), properties: { pointed: s.index === pointed } }))
    : [];
  return {
    type: 'FeatureCollection',
    features: [
      ...circles,
      ...existing.map(
        (coordinates): Feature => ({
          type: 'Feature',
          properties: { role: 'existing' },
          geometry: { type: 'Point', coordinates },
        }),
      ),
      ...sites.map(
        (s, i): Feature => ({
          type: 'Feature',
          properties: {
            role: 'site',
            rank: String(i + 1),
            figure: figure(s),
            pointed: s.index === pointed,
            accepted: s.accepted !== '',
          },
          geometry: { type: 'Point', coordinates: s.location },
        }),
      ),
    ],
  };
}

const nothing: readonly Site[] = [];

export function useSitesOnMap(siting: Siting, pointed: number | null): void {
  const t = useWords(words);
  const controller = useControl((s) => s.controller);
  const theme = useWorkbench((s) => s.theme);
  const sites = siting.answer?.sites ?? nothing;
  const straight = (siting.request.method ?? 'radius') === 'radius';
  const reach = straight ? (siting.limit.metres ?? null) : null;
  const district = useWorkbench((s) => s.district);
  const kept = siting.request.keep_existing ?? true;
  const facilities = useFacilitiesOf(district, kept ? siting.request.facility_type : null).data;
  const existing = useMemo(
    () => (facilities ?? []).flatMap((f) => (f.location ? [f.location] : [])),
    [facilities],
  );
  const shapes = useMemo(
    () => featuresOf(sites, existing, reach, pointed, (s) => t('household', { n: count(s.households) })),
    [sites, existing, reach, pointed, t],
  );
  useEffect(() => {
    controller?.setDrawn(NAME, { over: 'names', layers }, shapes);
  }, [controller, shapes]);
  useEffect(
    () => () => {
      if (useControl.getState().controller === controller) controller?.setDrawn(NAME, null);
    },
    [controller],
  );
  const any = sites.length > 0;
  const there = existing.length > 0;
  useEffect(() => {
    if (!any) return;
    const { draw, facility } = palettes[theme];
    useControl.getState().setNote(NAME, {
      title: t('title'),
      rows: [
        { label: t('legendSite'), shape: 'circle', colours: [draw] },
        ...(there ? [{ label: t('legendExisting'), shape: 'circle' as const, colours: [facility] }] : []),
        ...(reach ? [{ label: t('legendReach'), shape: 'dashed' as const, colours: [draw] }] : []),
      ],
    });
    return () => useControl.getState().setNote(NAME, null);
  }, [any, there, reach, theme, t]);
}
