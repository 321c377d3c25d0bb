import type { MultiPolygon } from 'geojson';
import { useEffect } from 'react';
import * as api from '../api/endpoints';
import type { Measurement, Membership, Position } from '../api/nouns';
import { Problem } from '../api/request';
import { useWorkbench } from '../state/workbench';
import { clashNow, openRing, shapeOf, useDrawing } from './drawing';
import { LatestWins } from './measure';
import type { Clash } from './overlap';
import { usePainting } from './painting';
import { areaOf, crossings, type Sketch, sketchArea } from './sketch';

interface Question {
  geometry: MultiPolygon;
  sketch: Sketch;
  ring: readonly Position[] | null;
  membership: Membership;
}

const SMALLEST = 1; // m²; less is a line, which the server would refuse

/** The sentence of a refusal that the person can do something about; null: it is the connection or the server. */
const refusalOf = (error: unknown): string | null =>
  error instanceof Problem && !error.offline && error.status < 500 ? error.detail : null;

/** Keeps the totals of the drawing up to date while one is open. */
export function useLiveTotals(): void {
  const district = useWorkbench((s) => s.district);
  const scenario = useWorkbench((s) => s.scenario) ?? undefined;
  const active = useDrawing((s) => s.active);
  useEffect(() => {
    if (!active) return;
    const code = useDrawing.getState().zone?.code;
    let asked: Promise<string[]> | null = null;
    const members = () => {
      asked ??= code ? api.zoneCommunities(district, code).then((all) => all.map((c) => c.code)) : null;
      return asked ?? [];
    };
    const latest = new LatestWins<Question, Measurement | Clash | null>(
      // What is slow to look at is looked at only as often as it is asked about.
      async ({ geometry, sketch, ring, membership }) => {
        const clash = clashNow(sketch, ring);
        if (clash) return clash;
        if (crossings(geometry, 1).length) return null;
        // Communities that were chosen by hand stay whatever is drawn.
        const communities = membership === 'by_hand' ? await members() : undefined;
        return api.measure(district, { geometry, communities, membership, scenario });
      },
      (answer, _, error) => {
        const { measured } = useDrawing.getState();
        if (typeof answer === 'string') measured(null, null, answer);
        else if (answer) measured(answer, null);
        else if (refusalOf(error) !== null) measured(null, refusalOf(error));
      },
    );
    const ask = () => {
      const s = useDrawing.getState();
      const geometry = shapeOf(s.sketch, s.tool, s.pointer);
      const ring = openRing(s.sketch, s.tool, s.pointer);
      if (!geometry || sketchArea(geometry) < SMALLEST) {
        latest.reset();
        if (s.totals || s.refusal || s.clash) s.measured(null, null);
      } else if (s.faults.length === 0 && !(ring && ring.length > 2 && areaOf(ring) < SMALLEST))
        latest.put({ geometry, sketch: s.sketch, ring, membership: s.membership });
    };
    ask();
    const unsubscribe = useDrawing.subscribe((s, before) => {
      if (
        s.membership !== before.membership ||
        s.sketch !== before.sketch ||
        (s.pointer !== before.pointer && s.sketch.open.length > 0)
      )
        ask();
    });
    return () => {
      unsubscribe();
      latest.stop();
    };
  }, [active, district, scenario]);
}

/** Keeps the totals of the communities under the brush up to date. */
export function usePaintTotals(): void {
  const district = useWorkbench((s) => s.district);
  const scenario = useWorkbench((s) => s.scenario) ?? undefined;
  const active = usePainting((s) => s.active);
  useEffect(() => {
    if (!active) return;
    const latest = new LatestWins<ReadonlySet<string>, Measurement>(
      (codes) => api.measure(district, { communities: [...codes], scenario }),
      (totals, _, error) => {
        if (totals) usePainting.getState().measured(totals, null);
        else if (refusalOf(error) !== null) usePainting.getState().measured(null, refusalOf(error));
      },
      120,
    );
    const unsubscribe = usePainting.subscribe((s, before) => {
      if (s.chosen === before.chosen || !s.base) return;
      if (s.chosen.size) latest.put(s.chosen);
      else {
        latest.reset();
        s.measured(null, null);
      }
    });
    return () => {
      unsubscribe();
      latest.stop();
    };
  }, [active, district, scenario]);
}
