// The best answer so far on the map: each community in the colour of its zone,
// each zone with its number; gone when the panel goes.
import { useEffect, useMemo } from 'react';
import type { Proposal } from '../api/nouns';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { LABELS, palettes, TINT_OPACITY } from '../map/overlays';
import { useWorkbench } from '../state/workbench';
import { colours, coloursOf, numbersOf, tintOf } from './colour';
import { words } from './words';

const nothing = { type: 'FeatureCollection' as const, features: [] };

export function useOnMap(proposal: Proposal | undefined): void {
  const t = useWords(words);
  const controller = useControl((s) => s.controller);
  const theme = useWorkbench((s) => s.theme);
  const zones = proposal?.answer?.zones;
  const shades = useMemo(() => (zones ? coloursOf(zones) : []), [zones]);
  useEffect(() => {
    if (!controller || !zones) return;
    controller.setTint(tintOf(zones, shades));
    controller.setData(LABELS, numbersOf(zones, palettes[theme].select));
  }, [controller, zones, shades, theme]);
  useEffect(
    () => () => {
      controller?.setTint(new Map());
      controller?.setData(LABELS, nothing);
    },
    [controller],
  );
  const any = (zones?.length ?? 0) > 0;
  useEffect(() => {
    if (!any) return;
    const mixed = colours.map(
      (c) => `color-mix(in srgb, ${c} ${Math.round(TINT_OPACITY * 100)}%, transparent)`,
    );
    useControl.getState().setNote('proposal', {
      title: t('title'),
      rows: [{ label: t('legendZones'), shape: 'dots', colours: mixed }],
    });
    return () => useControl.getState().setNote('proposal', null);
  }, [any, t]);
}
