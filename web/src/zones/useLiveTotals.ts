import { useEffect } from 'react';
import * as api from '../api/endpoints';
import type { Totals } from '../api/nouns';
import { Problem } from '../api/request';
import { useWorkbench } from '../state/workbench';
import { shapeOf, useDrawing } from './drawing';
import { LatestWins } from './measure';
import { crossings, type geometryOf, sketchArea } from './sketch';

type Question = NonNullable<ReturnType<typeof geometryOf>>;

const SMALLEST = 1; // m²; less is a line, which the server would refuse

/** Keeps the totals of the drawing up to date while one is open. */
export function useLiveTotals(): void {
  const district = useWorkbench((s) => s.district);
  const active = useDrawing((s) => s.active);
  useEffect(() => {
    if (!active) return;
    const latest = new LatestWins<Question, Totals>(
      (geometry) => api.measure(district, geometry),
      (totals, _, error) => {
        if (totals) useDrawing.getState().measured(totals, null);
        else if (error instanceof Problem && !error.offline && error.status < 500) {
          useDrawing.getState().measured(null, error.detail);
        }
      },
    );
    const ask = () => {
      const s = useDrawing.getState();
      const geometry = shapeOf(s.sketch, s.tool, s.pointer);
      if (!geometry || sketchArea(geometry) < SMALLEST) {
        latest.reset();
        if (s.totals || s.refusal) s.measured(null, null);
      } else if (s.faults.length === 0 && crossings(geometry, 1).length === 0) latest.put(geometry);
    };
    ask();
    const unsubscribe = useDrawing.subscribe((s, before) => {
      if (s.sketch !== before.sketch || (s.pointer !== before.pointer && s.sketch.open.length > 0)) ask();
    });
    return () => {
      unsubscribe();
      latest.stop();
    };
  }, [active, district]);
}
