// The first rows of the inspected file over the map, linked with their table.
import type { MapMouseEvent } from 'maplibre-gl';
import { useEffect, useMemo } from 'react';
import { useInspection, useStagedRows } from '../api/inspections';
import { useDrawn } from '../coverage/useDrawn';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { drawnSource } from '../map/Drawn';
import { palettes } from '../map/overlays';
import { useWorkbench } from '../state/workbench';
import { useInspectionDesk } from './desk';
import { drawnRows, kindOfRow, pickable, ROWS, rowColours, rowShapes } from './rowLayers';
import { words } from './words';

export default function RowsOnMap({ id }: { id: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const theme = useWorkbench((s) => s.theme);
  const { layer, only, row, given } = useInspectionDesk();
  const inspection = useInspection(district, id).data;
  const shown = inspection?.state === 'ready' ? inspection.version : 0;
  const rows = useStagedRows(district, id, shown, layer, only).data?.features;
  const list = useMemo(() => (shown ? (rows ?? []) : []), [shown, rows]);
  useDrawn(
    ROWS,
    drawnRows,
    useMemo(() => rowShapes(list, row, given), [list, row, given]),
  );
  const kinds = useMemo(() => {
    const found = new Set<string>(list.map(kindOfRow));
    if (given && list.some((r) => r.properties.given)) found.add('given');
    return (['fine', 'duplicate', 'faulty', 'given'] as const).filter((k) => found.has(k));
  }, [list, given]);
  useEffect(() => {
    if (kinds.length === 0) return;
    const colours = rowColours(palettes[theme]);
    useControl.getState().setNote(ROWS, {
      title: t('legend'),
      first: true,
      rows: kinds.map((k) => ({
        label: t(`legend.${k}`),
        shape: k === 'given' ? 'dashed' : 'fill',
        colours: [colours[k]],
      })),
    });
    return () => useControl.getState().setNote(ROWS, null);
  }, [kinds, theme, t]);
  usePointing();
  return null;
}

/** The row under the pointer is pointed out in the table. */
function usePointing(): void {
  const controller = useControl((s) => s.controller);
  useEffect(() => {
    const map = controller?.map;
    if (!map) return;
    const layers = pickable(drawnSource(ROWS));
    const point = (e: MapMouseEvent) => {
      const there = layers.filter((l) => map.getLayer(l));
      const [found] = there.length ? map.queryRenderedFeatures(e.point, { layers: there }) : [];
      useInspectionDesk.getState().setRow(found ? Number(found.properties.row) : null);
    };
    map.on('mousemove', point);
    return () => {
      map.off('mousemove', point);
    };
  }, [controller]);
}
