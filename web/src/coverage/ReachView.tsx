// Isochrones: the ground from which the facilities, or one of them, are
// reached within the limits, with the pockets that are not as holes.
import { useEffect, useMemo, useState } from 'react';
import { useIsochrones } from '../api/coverage';
import type { CoverageRun, Facility } from '../api/nouns';
import { useFacilitiesOf } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { landArea, percent } from '../language/format';
import { useControl } from '../map/control';
import type { DrawnLayers } from '../map/Drawn';
import { palettes } from '../map/overlays';
import { useWorkbench } from '../state/workbench';
import { Field, Segments } from '../ui/Field';
import { Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './coverage.module.css';
import { bandOpacity, groundOpacity, groundsOf, limitsOffered, toggledLimit } from './reach';
import { amountSaid } from './said';
import { useDrawn } from './useDrawn';
import { words } from './words';

const layers: DrawnLayers = {
  over: 'ground',
  layers: (p, source) => [
    {
      id: `${source}-fill`,
      type: 'fill',
      source,
      paint: { 'fill-color': p.way, 'fill-opacity': groundOpacity },
    },
    {
      id: `${source}-line`,
      type: 'line',
      source,
      layout: { 'line-join': 'round' },
      paint: { 'line-color': p.way, 'line-width': 1.4, 'line-opacity': 0.9 },
    },
  ],
};

export function ReachView({ run }: { run: CoverageRun }) {
  const t = useWords(words);
  const { district, language, theme, selection } = useWorkbench();
  const unit = run.limit.minutes === undefined ? 'metres' : 'minutes';
  const facilities = useFacilitiesOf(district, run.facility_type).data ?? [];
  const selected =
    selection?.kind === 'facility' ? facilities.find((f) => f.code === selection.code) : undefined;
  const [one, setOne] = useState<string | null>(null);
  const [limits, setLimits] = useState<number[]>(() => [run.limit[unit] ?? 0]);
  // The facility that is clicked last is the one that is meant.
  useEffect(() => {
    if (selected && one !== null) setOne(selected.code);
  }, [selected, one]);
  const reach = useIsochrones(district, run.id, one, limits);
  const list = reach.data;
  useDrawn(
    'reach',
    layers,
    useMemo(() => groundsOf(list ?? []), [list]),
  );
  useEffect(() => {
    const shown = [...(list ?? [])].sort((a, b) => a.limit - b.limit);
    if (!shown.length) return;
    const { way } = palettes[theme];
    useControl.getState().setNote('reach', {
      title: t('reach'),
      first: true,
      rows: shown.map((i, n) => ({
        label: `≤ ${amountSaid(i.limit, i.unit, language)}`,
        shape: 'fill',
        colours: [
          `color-mix(in srgb, ${way} ${Math.round(100 * bandOpacity(n, shown.length))}%, transparent)`,
        ],
      })),
    });
    return () => useControl.getState().setNote('reach', null);
  }, [list, theme, language, t]);
  const named = facilities.find((f) => f.code === one);
  return (
    <div className={css.section}>
      <Field label={t('reachOf')}>
        {() => (
          <Segments
            label={t('reachOf')}
            value={one === null ? 'all' : 'one'}
            onChange={(v) => setOne(v === 'all' ? null : (selected?.code ?? nearestTo(facilities)))}
            options={[
              { value: 'all', label: t('allFacilities') },
              {
                value: 'one',
                label: t('oneFacility'),
                refused: facilities.length ? null : t('noFacilities'),
              },
            ]}
            testId="reach-of"
          />
        )}
      </Field>
      {one !== null && (
        <p className={ui.hint} data-testid="reach-facility">
          {t('reachFacility', { name: named?.name || one })}
        </p>
      )}
      <Field label={t('reachLimits')}>
        {() => (
          <div className={css.row}>
            {limitsOffered(run.limit).map((l) => (
              <button
                key={l}
                type="button"
                className={own.chip}
                aria-pressed={limits.includes(l)}
                onClick={() => setLimits(toggledLimit(limits, l))}
                data-testid={`reach-${l}`}
              >
                {amountSaid(l, unit, language)}
              </button>
            ))}
          </div>
        )}
      </Field>
      {reach.isPending ? (
        <Waiting rows={2} />
      ) : reach.isError ? (
        <Failure error={reach.error} retry={() => void reach.refetch()} />
      ) : (
        <dl className={own.table} data-testid="reach-list" aria-busy={reach.isFetching}>
          {reach.data.map((i) => (
            <div key={i.limit}>
              <dt>≤ {amountSaid(i.limit, i.unit, language)}</dt>
              <dd>{landArea(i.area_m2, language)}</dd>
              <dd title={t('shedAbout')}>{i.shed === null ? '' : t('shed', { n: percent(i.shed) })}</dd>
            </div>
          ))}
        </dl>
      )}
      <p className={own.method}>
        {t(run.method === 'radius' ? 'reachRadius' : 'reachAbout', {
          n: Math.round(reach.data?.[0]?.cell_m ?? 0),
        })}
      </p>
    </div>
  );
}

/** The facility that is nearest to the middle of the map. */
function nearestTo(facilities: readonly Facility[]): string | null {
  const { place } = useWorkbench.getState();
  let best: { code: string; far: number } | null = null;
  for (const { code, location } of facilities) {
    if (!location) continue;
    const [dx, dy] = place ? [location[0] - place.lng, location[1] - place.lat] : [0, 0];
    const far = Math.hypot(place ? dx * Math.cos((place.lat * Math.PI) / 180) : dx, dy);
    if (!best || far < best.far) best = { code, far };
  }
  return best?.code ?? null;
}
