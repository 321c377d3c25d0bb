// Patches of homes that nothing reaches, the largest first, with what the
// policy offers against them.
import type { FeatureCollection } from 'geojson';
import { useEffect, useMemo, useState } from 'react';
import { boundsOf, type Gap, useGaps } from '../api/coverage';
import type { CoverageRun } from '../api/nouns';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, floorArea } from '../language/format';
import { useControl } from '../map/control';
import { hatchImage } from '../map/coverageLayers';
import type { DrawnLayers } from '../map/Drawn';
import { palettes } from '../map/overlays';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Empty, Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './coverage.module.css';
import { amountSaid } from './said';
import { useDrawn } from './useDrawn';
import { Works } from './Works';
import { words } from './words';

const SHOWN = 30; // at first; the rest on demand

const layers: DrawnLayers = {
  over: 'names',
  images: (p) => ({ 'lp-gap-hatch': hatchImage(p.uncovered) }),
  layers: (p, source) => [
    {
      id: `${source}-fill`,
      type: 'fill',
      source,
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: {
        'fill-pattern': 'lp-gap-hatch',
        'fill-opacity': ['case', ['boolean', ['get', 'chosen'], false], 0.5, 0.28],
      },
    },
    {
      id: `${source}-line`,
      type: 'line',
      source,
      filter: ['==', ['geometry-type'], 'Polygon'],
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': ['case', ['boolean', ['get', 'chosen'], false], p.select, p.uncovered],
        'line-width': ['case', ['boolean', ['get', 'chosen'], false], 3, 1.8],
      },
    },
    {
      id: `${source}-number`,
      type: 'symbol',
      source,
      filter: ['==', ['geometry-type'], 'Point'],
      layout: {
        'text-field': ['get', 'rank'],
        'text-size': ['case', ['<=', ['to-number', ['get', 'rank']], 9], 15, 12],
        'symbol-sort-key': ['to-number', ['get', 'rank']],
      },
      paint: { 'text-color': p.select, 'text-halo-color': p.halo, 'text-halo-width': 2.2 },
    },
  ],
};

export function GapsView({ run }: { run: CoverageRun }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const theme = useWorkbench((s) => s.theme);
  const gaps = useGaps(district, run.id);
  const [chosen, setChosen] = useState<number | null>(null);
  const [all, setAll] = useState(false);
  const items = gaps.data?.items;
  useDrawn(
    'gaps',
    layers,
    useMemo(() => shapesOf(items ?? [], chosen), [items, chosen]),
  );
  const any = (items?.length ?? 0) > 0;
  useEffect(() => {
    if (!any) return;
    useControl.getState().setNote('gaps', {
      title: t('gaps'),
      first: true,
      rows: [{ label: t('gapLegend'), shape: 'hatched', colours: [palettes[theme].uncovered] }],
    });
    return () => useControl.getState().setNote('gaps', null);
  }, [any, theme, t]);
  const choose = (gap: Gap) => {
    setChosen(gap.rank);
    useControl.getState().controller?.lookAt(boundsOf(gap.outline), gap.location);
  };
  if (gaps.isPending) return <Waiting rows={5} />;
  if (gaps.isError) return <Failure error={gaps.error} retry={() => void gaps.refetch()} />;
  const { unit, works } = gaps.data;
  const list = gaps.data.items;
  if (!list.length)
    return (
      <Empty icon="check" title={t('noGaps')}>
        {t('noGapsText')}
      </Empty>
    );
  return (
    <>
      <div className={css.section}>
        <p className={ui.hint} data-testid="gaps-sum">
          {t('gapsSum', {
            n: count(list.length),
            households: count(list.reduce((sum, g) => sum + g.households, 0)),
          })}
        </p>
        {works.length > 0 && (
          <>
            <h3>{t('works')}</h3>
            <Works works={works} />
          </>
        )}
      </div>
      <div data-testid="gap-list">
        {list.slice(0, all ? undefined : SHOWN).map((g) => (
          <GapRow key={g.rank} gap={g} unit={unit} chosen={g.rank === chosen} onChoose={() => choose(g)} />
        ))}
      </div>
      {!all && list.length > SHOWN && (
        <div className={css.section}>
          <Button small wide onClick={() => setAll(true)}>
            {t('moreOf', { shown: SHOWN, all: count(list.length) })}
          </Button>
        </div>
      )}
    </>
  );
}

function GapRow({
  gap: g,
  unit,
  chosen,
  onChoose,
}: {
  gap: Gap;
  unit: 'metres' | 'minutes';
  chosen: boolean;
  onChoose: () => void;
}) {
  const t = useWords(words);
  const { language, select } = useWorkbench();
  return (
    <div className={own.gap} data-chosen={chosen} data-testid="gap">
      <button type="button" className={own.item} aria-pressed={chosen} onClick={onChoose}>
        <span>
          <span>
            <b className={own.rank}>{g.rank}</b>
            {t('gapSize', {
              households: count(g.households),
              buildings: count(g.buildings),
              floor: floorArea(g.floor_area_m2, language),
            })}
          </span>
        </span>
        <span>
          {g.mean_beyond === null || g.worst_beyond === null
            ? t('gapNoWay')
            : t('gapBeyond', {
                mean: amountSaid(Math.max(g.mean_beyond, 0), unit, language),
                worst: amountSaid(g.worst_beyond, unit, language),
              })}
          {g.unreached > 0 && g.mean_beyond !== null && ` · ${t('unreachedN', { n: count(g.unreached) })}`}
        </span>
      </button>
      <p className={own.names}>
        {g.communities.slice(0, chosen ? 20 : 3).map((c) => (
          <button
            key={c.code}
            type="button"
            className={own.link}
            title={t('householdsN', { n: count(c.households) })}
            onClick={() => select({ kind: 'community', code: c.code })}
          >
            {c.name || c.code}
          </button>
        ))}
        {!chosen && g.communities.length > 3 && (
          <span>{t('andMore', { n: count(g.communities.length - 3) })}</span>
        )}
      </p>
    </div>
  );
}

function shapesOf(items: readonly Gap[], chosen: number | null): FeatureCollection {
  const out: FeatureCollection = { type: 'FeatureCollection', features: [] };
  for (const g of items) {
    const properties = { rank: String(g.rank), chosen: g.rank === chosen };
    if (g.outline) out.features.push({ type: 'Feature', properties, geometry: g.outline });
    out.features.push({
      type: 'Feature',
      properties,
      geometry: { type: 'Point', coordinates: g.location },
    });
  }
  return out;
}
