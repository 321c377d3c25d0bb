// Communities whose verdict would change, on the map: filled with the verdict
// that is tried, ringed with the one that they have.
import type { FeatureCollection, Point } from 'geojson';
import { useEffect, useMemo } from 'react';
import type { Flip, Verdict } from '../api/policy';
import { useDrawn } from '../coverage/useDrawn';
import { useWords } from '../language';
import { useControl } from '../map/control';
import type { DrawnLayers } from '../map/Drawn';
import { useWorkbench } from '../state/workbench';
import { words } from './words';

/** As the verdicts are coloured everywhere; what is out is darker, so that it is seen on the ground. */
const colours: Record<'light' | 'dark', Record<Verdict, string>> = {
  light: { in: '#0b6fb8', borderline: '#c77700', out: '#5b6068' },
  dark: { in: '#5aaeea', borderline: '#efa63c', out: '#c3c8cf' },
};

export function shapesOf(flips: readonly Flip[], theme: 'light' | 'dark'): FeatureCollection<Point> {
  return {
    type: 'FeatureCollection',
    features: flips.flatMap((f) =>
      f.location
        ? [
            {
              type: 'Feature' as const,
              geometry: { type: 'Point' as const, coordinates: f.location },
              properties: {
                code: f.code,
                fill: colours[theme][f.after],
                ring: colours[theme][f.before],
                held: f.override !== null,
              },
            },
          ]
        : [],
    ),
  };
}

const layers: DrawnLayers = {
  over: 'names',
  layers: (p, source) => [
    {
      id: 'lp-policy-flips-halo',
      type: 'circle',
      source,
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 5, 14, 11],
        'circle-color': p.halo,
        'circle-opacity': ['case', ['get', 'held'], 0.4, 0.9],
      },
    },
    {
      id: 'lp-policy-flips',
      type: 'circle',
      source,
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 3, 14, 7],
        'circle-color': ['get', 'fill'],
        'circle-stroke-color': ['get', 'ring'],
        'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 9, 1.5, 14, 3],
        // What a person has decided does not move.
        'circle-opacity': ['case', ['get', 'held'], 0.35, 1],
        'circle-stroke-opacity': ['case', ['get', 'held'], 0.35, 1],
      },
    },
  ],
};

export function useFlipsOnMap(flips: readonly Flip[]): void {
  const t = useWords(words);
  const theme = useWorkbench((s) => s.theme);
  useDrawn(
    'policy-flips',
    layers,
    useMemo(() => shapesOf(flips, theme), [flips, theme]),
  );
  const became = useMemo(
    () => (['in', 'borderline', 'out'] as const).filter((v) => flips.some((f) => f.after === v)),
    [flips],
  );
  const before = useMemo(
    () => (['in', 'borderline', 'out'] as const).filter((v) => flips.some((f) => f.before === v)),
    [flips],
  );
  useEffect(() => {
    if (!became.length) return;
    useControl.getState().setNote('policy-flips', {
      title: t('onMap'),
      first: true,
      rows: [
        ...became.map((v) => ({
          label: t('becomes', { verdict: t(v) }),
          shape: 'circle' as const,
          colours: [colours[theme][v]],
        })),
        { label: t('ring'), shape: 'dots' as const, colours: before.map((v) => colours[theme][v]) },
      ],
    });
    return () => useControl.getState().setNote('policy-flips', null);
  }, [became, before, theme, t]);
}
