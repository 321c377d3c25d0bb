// The drawn candidates and the ground without sites, while the question is put
// together.
import type { FeatureCollection } from 'geojson';
import type { LayerSpecification } from 'maplibre-gl';
import { useEffect, useMemo } from 'react';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { type Palette, palettes } from '../map/overlays';
import { useWorkbench } from '../state/workbench';
import type { Question } from './question';
import { words } from './words';

const NAME = 'siting-draft';

function layers(p: Palette, source: string): LayerSpecification[] {
  return [
    {
      id: `${source}-fill`,
      type: 'fill',
      source,
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': p.drawFault, 'fill-opacity': 0.2 },
    },
    {
      id: `${source}-line`,
      type: 'line',
      source,
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'line-color': p.drawFault, 'line-width': 1.8, 'line-dasharray': [3, 2] },
    },
    {
      id: `${source}-dots`,
      type: 'circle',
      source,
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': 5,
        'circle-color': p.halo,
        'circle-stroke-color': p.draw,
        'circle-stroke-width': 2.5,
      },
    },
  ];
}

/** Points only where they are candidates. */
export function shapesOf(q: Pick<Question, 'candidates' | 'points' | 'excluded'>): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: [
      ...q.excluded.map((ring) => ({
        type: 'Feature' as const,
        properties: {},
        geometry: { type: 'Polygon' as const, coordinates: [[...ring, ...ring.slice(0, 1)]] },
      })),
      ...(q.candidates.includes('points') ? q.points : []).map((coordinates) => ({
        type: 'Feature' as const,
        properties: {},
        geometry: { type: 'Point' as const, coordinates },
      })),
    ],
  };
}

export function useDraftOnMap(q: Pick<Question, 'candidates' | 'points' | 'excluded'>): void {
  const t = useWords(words);
  const controller = useControl((s) => s.controller);
  const theme = useWorkbench((s) => s.theme);
  const { candidates, points, excluded } = q;
  const shapes = useMemo(() => shapesOf({ candidates, points, excluded }), [candidates, points, excluded]);
  useEffect(() => {
    controller?.setDrawn(NAME, { over: 'names', layers }, shapes);
  }, [controller, shapes]);
  useEffect(
    () => () => {
      if (useControl.getState().controller === controller) controller?.setDrawn(NAME, null);
    },
    [controller],
  );
  const dots = candidates.includes('points') && points.length > 0;
  const ground = excluded.length > 0;
  useEffect(() => {
    const p = palettes[theme];
    if (!dots && !ground) return;
    useControl.getState().setNote(NAME, {
      title: t('places'),
      rows: [
        ...(dots ? [{ label: t('legendPoint'), shape: 'circle' as const, colours: [p.draw] }] : []),
        ...(ground ? [{ label: t('legendExcluded'), shape: 'dashed' as const, colours: [p.drawFault] }] : []),
      ],
    });
    return () => useControl.getState().setNote(NAME, null);
  }, [dots, ground, theme, t]);
}
