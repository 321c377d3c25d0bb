// Shapes of a component on the map, for as long as it stands.
import type { FeatureCollection } from 'geojson';
import { useEffect } from 'react';
import { useControl } from '../map/control';
import type { DrawnLayers } from '../map/Drawn';

/** `layers` must be the same object as long as the name is on the map. */
export function useDrawn(name: string, layers: DrawnLayers, data: FeatureCollection): void {
  const controller = useControl((s) => s.controller);
  useEffect(() => {
    controller?.setDrawn(name, layers, data);
  }, [controller, name, layers, data]);
  useEffect(() => () => controller?.setDrawn(name, null), [controller, name]);
}
