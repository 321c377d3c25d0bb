// Photographs of the selected community where they were taken, as pins.
import type { FeatureCollection } from 'geojson';
import type { LayerSpecification } from 'maplibre-gl';
import { useEffect, useMemo } from 'react';
import { useAttachments } from '../api/dossiers';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { type Palette, palettes } from '../map/overlays';
import { useWorkbench } from '../state/workbench';
import { words } from './words';

const NAME = 'photographs';

function layers(p: Palette, source: string): LayerSpecification[] {
  return [
    {
      id: `${source}-halo`,
      type: 'circle',
      source,
      paint: { 'circle-radius': 8, 'circle-color': p.draw, 'circle-opacity': 0.22 },
    },
    {
      id: `${source}-dot`,
      type: 'circle',
      source,
      paint: {
        'circle-radius': 4.5,
        'circle-color': p.draw,
        'circle-stroke-color': p.halo,
        'circle-stroke-width': 2,
      },
    },
  ];
}

export default function PhotosOnMap({ code }: { code: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const theme = useWorkbench((s) => s.theme);
  const controller = useControl((s) => s.controller);
  const query = useAttachments(district, { community: code });
  const shapes = useMemo<FeatureCollection>(
    () => ({
      type: 'FeatureCollection',
      features: (query.data ?? []).flatMap((a) =>
        a.location && a.kind === 'photograph'
          ? [
              {
                type: 'Feature' as const,
                properties: { title: a.title },
                geometry: { type: 'Point' as const, coordinates: a.location },
              },
            ]
          : [],
      ),
    }),
    [query.data],
  );
  const any = shapes.features.length > 0;
  useEffect(() => {
    controller?.setDrawn(NAME, any ? { over: 'names', layers } : null, shapes);
  }, [controller, shapes, any]);
  useEffect(
    () => () => {
      if (useControl.getState().controller === controller) controller?.setDrawn(NAME, null);
    },
    [controller],
  );
  useEffect(() => {
    if (!any) return;
    useControl.getState().setNote(NAME, {
      title: t('photosOf'),
      rows: [{ label: t('legendPhoto'), shape: 'circle', colours: [palettes[theme].draw] }],
    });
    return () => useControl.getState().setNote(NAME, null);
  }, [any, theme, t]);
  return null;
}
