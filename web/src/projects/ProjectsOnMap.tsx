// The projects on the map: communities by the phase of their project, and the
// slider that goes from year to year.
import { useEffect } from 'react';
import { tilesAddress } from '../api/endpoints';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { palettes } from '../map/overlays';
import { useWorkbench } from '../state/workbench';
import { type Look, projectLayers } from './mapLayers';
import { phaseColours, phases } from './marks';
import { words } from './words';
import { YearSlider } from './YearSlider';

export default function ProjectsOnMap() {
  const t = useWords(words);
  const controller = useControl((s) => s.controller);
  const district = useWorkbench((s) => s.district);
  const theme = useWorkbench((s) => s.theme);
  const year = useWorkbench((s) => s.year);
  const selected = useWorkbench((s) => (s.selection?.kind === 'project' ? s.selection.code : null));
  useEffect(() => {
    if (!controller) return;
    controller.setExtra('projects', {
      tiles: tilesAddress(district, 'projects'),
      minzoom: 9,
      maxzoom: 17,
      instead: true,
      layers: (palette) => projectLayers(palette, lookNow()),
    });
    return () => controller.setExtra('projects', null);
  }, [controller, district]);
  // Another year or project is painted on what is there; nothing is fetched again.
  useEffect(() => {
    controller?.repaintExtra(
      projectLayers(palettes[theme], { year, selected, colours: phaseColours[theme] }),
    );
  }, [controller, theme, year, selected]);
  useEffect(() => {
    const colours = phaseColours[theme];
    useControl.getState().setNote('projects', {
      title: t('legend'),
      first: true,
      rows: [
        ...phases.map((p) => ({
          label: t(`batch.${p}`),
          shape: 'fill' as const,
          colours: [colours[p]],
        })),
        {
          label: t('legendManagement'),
          shape: 'fill',
          colours: [`color-mix(in srgb, ${colours.implement} 42%, transparent)`],
        },
        { label: t('legendProposed'), shape: 'dashed', colours: [colours.implement] },
        { label: t('legendStray'), shape: 'dashed', colours: [palettes[theme].drawFault] },
      ],
    });
    return () => useControl.getState().setNote('projects', null);
  }, [t, theme]);
  return <YearSlider />;
}

function lookNow(): Look {
  const { year, selection, theme } = useWorkbench.getState();
  return {
    year,
    selected: selection?.kind === 'project' ? selection.code : null,
    colours: phaseColours[theme],
  };
}
