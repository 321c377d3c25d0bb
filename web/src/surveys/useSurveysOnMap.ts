// Consent on the map: communities by the share of households that agreed and,
// from near, their buildings; what is masked is hatched.
import type { FeatureCollection } from 'geojson';
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import { useEffect, useMemo, useState } from 'react';
import type { Bounds } from '../api/nouns';
import { useSurveyPicture, useSurveyShares } from '../api/surveys';
import { useDrawn } from '../coverage/useDrawn';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { HATCH, hatchImage } from '../map/coverageLayers';
import type { DrawnLayers } from '../map/Drawn';
import { type Palette, TINT_OPACITY } from '../map/overlays';
import { classLabels, colourOf, colours, UNKNOWN } from '../scorecards/ramp';
import { useWorkbench } from '../state/workbench';
import { boxOf, NEAR } from './box';
import { words } from './words';

const NAME = 'surveys';
const MASKED = '#8b8f97';

const ofShare: ExpressionSpecification = [
  'case',
  ['get', 'masked'],
  MASKED,
  ['==', ['typeof', ['get', 'share']], 'number'],
  [
    'step',
    ['number', ['get', 'share'], 0],
    colours[0],
    0.2,
    colours[1],
    0.4,
    colours[2],
    0.6,
    colours[3],
    0.8,
    colours[4],
  ],
  UNKNOWN,
];

const drawn: DrawnLayers = {
  over: 'ground',
  images: (p: Palette) => ({ [HATCH]: hatchImage(p.halo) }),
  layers: (p: Palette, source: string): LayerSpecification[] => [
    {
      id: `${NAME}-fill`,
      type: 'fill',
      source,
      minzoom: NEAR,
      paint: { 'fill-color': ofShare, 'fill-opacity': 0.9 },
    },
    {
      id: `${NAME}-hatch`,
      type: 'fill',
      source,
      minzoom: NEAR,
      filter: ['get', 'masked'],
      paint: { 'fill-pattern': HATCH, 'fill-opacity': 0.9 },
    },
    {
      id: `${NAME}-line`,
      type: 'line',
      source,
      minzoom: NEAR,
      paint: { 'line-color': p.halo, 'line-width': 0.8 },
    },
  ],
};
const nothing: FeatureCollection = { type: 'FeatureCollection', features: [] };

const onGround = (colour: string) =>
  `color-mix(in srgb, ${colour} ${Math.round(TINT_OPACITY * 100)}%, transparent)`;

export function useSurveysOnMap(district: string): void {
  const t = useWords(words);
  const controller = useControl((s) => s.controller);
  const list = useSurveyShares(district).data?.items;
  const tint = useMemo(
    () => new Map(list?.map((e) => [e.code, e.masked ? MASKED : colourOf(e.share)])),
    [list],
  );
  const any = tint.size > 0;
  const near = useWorkbench((s) => (s.place?.zoom ?? 0) >= NEAR);
  useEffect(() => {
    if (!any || near) return;
    controller?.setTint(tint, NAME);
    return () => {
      // The map may be gone already, with everything on it.
      if (useControl.getState().controller === controller) controller?.setTint(new Map(), NAME);
    };
  }, [controller, tint, any, near]);
  const picture = useSurveyPicture(district, useBox()).data;
  useDrawn(NAME, drawn, picture ?? nothing);
  const masked =
    (list?.some((e) => e.masked) ?? false) || (picture?.features.some((f) => f.properties.masked) ?? false);
  useEffect(() => {
    if (!any) return;
    useControl.getState().setNote(NAME, {
      title: near ? t('legend') : `${t('legend')}（${t('zoomIn')}）`,
      first: true,
      rows: [
        ...classLabels().map((label, i) => ({
          label,
          shape: 'fill' as const,
          colours: [near ? (colours[i] ?? UNKNOWN) : onGround(colours[i] ?? UNKNOWN)],
        })),
        ...(masked
          ? [
              {
                label: t('legendMasked'),
                shape: near ? ('hatched' as const) : ('fill' as const),
                colours: [near ? MASKED : onGround(MASKED)],
              },
            ]
          : []),
      ],
    });
    return () => useControl.getState().setNote(NAME, null);
  }, [any, masked, near, t]);
}

/** What of the ground is in sight, in steps, so that a small move asks nothing; null from afar. */
function useBox(): Bounds | null {
  const place = useWorkbench((s) => s.place);
  const [box, setBox] = useState<Bounds | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setBox(place && boxOf(place, innerWidth, innerHeight)), 200);
    return () => clearTimeout(timer);
  }, [place]);
  const text = JSON.stringify(box);
  return useMemo(() => JSON.parse(text) as Bounds | null, [text]);
}
