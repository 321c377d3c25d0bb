// The run of the URL on the map: buildings by status, its facilities with their
// circles, the legend, and a card at the pointer.
import type { FeatureCollection } from 'geojson';
import { useEffect, useMemo, useState } from 'react';
import type { Status } from '../api/coverage';
import { tilesAddress } from '../api/endpoints';
import { useFacilitiesOf, useRun } from '../api/queries';
import { useWords } from '../language';
import { circle } from '../map/circle';
import { useControl } from '../map/control';
import { COVERAGE } from '../map/coverageLayers';
import { MapTip } from '../map/MapTip';
import { palettes } from '../map/overlays';
import { same, useWorkbench } from '../state/workbench';
import { minutesSaid } from './said';
import { colourOf, hatched, slicesOf } from './statuses';
import { useTypeName } from './useTypeName';
import { words } from './words';

export function RunOnMap({ id }: { id: string }) {
  const t = useWords(words);
  const controller = useControl((s) => s.controller);
  const district = useWorkbench((s) => s.district);
  const theme = useWorkbench((s) => s.theme);
  const hidden = useWorkbench((s) => s.hidden.includes('coverage'));
  const trial = useWorkbench((s) => s.tab === 'trial');
  const run = useRun(district, id).data;
  const facilities = useFacilitiesOf(district, run?.facility_type ?? null).data;
  const typeName = useTypeName();
  const name = run ? typeName(run) : '';
  const radius = run?.method === 'radius' ? run.limit.metres : undefined;
  const features = useMemo<FeatureCollection>(() => {
    const out: FeatureCollection = { type: 'FeatureCollection', features: [] };
    // A what-if draws its facilities itself: they can be taken hold of.
    for (const f of trial ? [] : (facilities ?? [])) {
      if (!f.location) continue;
      if (radius !== undefined) out.features.push(circle(f.location, radius));
      out.features.push({
        type: 'Feature',
        properties: { code: f.code, name: f.name },
        geometry: { type: 'Point', coordinates: f.location },
      });
    }
    return out;
  }, [facilities, radius, trial]);
  useEffect(() => {
    controller?.setCoverage({
      tiles: tilesAddress(district, 'coverage', { run: id }),
      facilities: features,
    });
  }, [controller, district, id, features]);
  useEffect(() => () => controller?.setCoverage(null), [controller]);
  useEffect(() => {
    if (!run || hidden) return;
    const p = palettes[theme];
    const { setNote } = useControl.getState();
    setNote('coverage', {
      title: `${name} · ${t(`method.short.${run.method}`)}`,
      first: true,
      rows: [
        ...slicesOf(run.summary).map(({ status }) => ({
          label: t(`status.${status}`),
          shape: hatched(status) ? ('hatched' as const) : ('fill' as const),
          colours: [colourOf[status](p)],
        })),
        { label: t('runFacility'), shape: 'circle' as const, colours: [p.facility] },
        ...(radius !== undefined && !trial
          ? [{ label: t('radiusLine'), shape: 'dashed' as const, colours: [p.covered] }]
          : []),
      ],
    });
    return () => setNote('coverage', null);
  }, [run, name, hidden, theme, radius, trial, t]);
  return hidden || trial ? null : <Card />;
}

interface OfTile {
  status?: Status;
  minutes?: number;
}

/** What the tiles say of the building under the pointer. */
function Card() {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const controller = useControl((s) => s.controller);
  const code = useWorkbench((s) =>
    s.hovered?.kind === 'building' && !same(s.hovered, s.selection) ? s.hovered.code : null,
  );
  const [found, setFound] = useState<OfTile | null>(null);
  useEffect(() => {
    const map = controller?.map;
    if (!map || !code || !map.getSource(COVERAGE)) return setFound(null);
    const [feature] = map.querySourceFeatures(COVERAGE, {
      sourceLayer: 'coverage',
      filter: ['==', ['get', 'code'], code],
    });
    setFound((feature?.properties as OfTile | undefined) ?? null);
  }, [code, controller]);
  if (!found?.status) return null;
  return (
    <MapTip testId="coverage-card">
      <strong>{t(`status.${found.status}`)}</strong>
      {typeof found.minutes === 'number' && found.minutes > 0 && (
        <span>{t('nearestMinutes', { n: minutesSaid(found.minutes, language) })}</span>
      )}
      <span>{t('clickForProof')}</span>
    </MapTip>
  );
}
