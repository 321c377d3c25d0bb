// The strings of the scenario's zones on the map: the street fronts that tie
// their communities together, with name and length.
import { useEffect } from 'react';
import { tilesAddress } from '../api/endpoints';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { palettes } from '../map/overlays';
import { useWorkbench } from '../state/workbench';
import { words } from './contiguityWords';
import { stringLayers } from './stringLayers';

export function StringsOnMap() {
  const t = useWords(words);
  const controller = useControl((s) => s.controller);
  const district = useWorkbench((s) => s.district);
  const theme = useWorkbench((s) => s.theme);
  useEffect(() => {
    if (!controller) return;
    controller.setExtra('strings', {
      tiles: tilesAddress(district, 'strings'),
      minzoom: 12,
      maxzoom: 17,
      layers: stringLayers,
    });
    return () => controller.setExtra('strings', null);
  }, [controller, district]);
  useEffect(() => {
    const colours = [palettes[theme].string];
    useControl.getState().setNote('strings', {
      title: t('strings'),
      rows: [
        { label: t('alongStreets'), shape: 'line', colours },
        { label: t('straightLine'), shape: 'dashed', colours },
      ],
    });
    return () => useControl.getState().setNote('strings', null);
  }, [t, theme]);
  return null;
}
