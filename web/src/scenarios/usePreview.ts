// The revision that the history previews, drawn dashed over the zones of today.
import { useEffect, useMemo } from 'react';
import { useZonesAt } from '../api/scenarios';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { drawZones, eraseZones, featuresOf, inks } from './revisionLayer';

export function usePreview(scenario: string, revision: number | null) {
  const district = useWorkbench((s) => s.district);
  const theme = useWorkbench((s) => s.theme);
  const controller = useControl((s) => s.controller);
  const styled = useControl((s) => s.styled);
  const zones = useZonesAt(district, scenario, revision);
  const features = useMemo(
    () => (revision === null || !zones.data ? null : featuresOf(zones.data)),
    [revision, zones.data],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: `styled` says that the style on the screen is a new one
  useEffect(() => {
    if (!controller || !features || !controller.styleLayers().length) return;
    drawZones(controller.map, features, { ...inks[theme], dashed: true });
  }, [controller, features, theme, styled]);
  useEffect(() => {
    if (!controller || revision === null) return;
    return () => {
      // The map may be gone already, with everything on it.
      if (useControl.getState().controller === controller) eraseZones(controller.map);
    };
  }, [controller, revision]);
  return zones;
}
