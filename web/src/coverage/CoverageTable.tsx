import { useMemo, useState } from 'react';
import type { CommunityCoverage } from '../api/nouns';
import { useRun, useRunCommunities } from '../api/queries';
import { type Column, Grid } from '../frame/Grid';
import { useWords } from '../language';
import { count, floorArea, metres, share } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Empty } from '../ui/State';
import { minutesSaid } from './said';
import { useTypeName } from './useTypeName';
import { words } from './words';

export default function CoverageTable() {
  const t = useWords(words);
  const { district, language, run } = useWorkbench();
  const query = useRunCommunities(district, run);
  const shown = useRun(district, run).data;
  const walked = shown !== undefined && shown.method !== 'radius';
  const spared = shown?.first_step != null;
  const capacity = shown?.summary.capacity != null;
  const typeName = useTypeName();
  const [sort, setSort] = useState('share');
  const columns = useMemo<Column<CommunityCoverage>[]>(
    () => [
      { key: 'name', title: t('name'), width: 200, sort: 'name', cell: (c) => <span>{c.name}</span> },
      {
        key: 'subdistrict',
        title: t('subdistrict'),
        width: 140,
        cell: (c) => <span>{c.subdistrict_name || '—'}</span>,
      },
      {
        key: 'share',
        title: t('shareHouseholds'),
        width: 140,
        numeric: true,
        sort: 'share',
        cell: (c) => share(c.covered_households, c.households),
      },
      {
        key: 'households',
        title: t('coveredHouseholds'),
        width: 150,
        numeric: true,
        sort: 'households',
        cell: (c) => `${count(c.covered_households)} / ${count(c.households)}`,
      },
      ...(spared
        ? [
            {
              key: 'spared',
              title: t('sparedHouseholds'),
              width: 130,
              numeric: true,
              cell: (c: CommunityCoverage) => count(c.spared_households),
            },
          ]
        : []),
      {
        key: 'buildings',
        title: t('coveredBuildings'),
        width: 140,
        numeric: true,
        cell: (c) => `${count(c.covered_buildings)} / ${count(c.buildings)}`,
      },
      {
        key: 'floor',
        title: t('coveredFloor'),
        width: 180,
        numeric: true,
        cell: (c) =>
          `${floorArea(c.covered_floor_area_m2, language)} / ${floorArea(c.floor_area_m2, language)}`,
      },
      {
        key: 'metres',
        title: t('meanMetres'),
        width: 110,
        numeric: true,
        sort: 'metres',
        cell: (c) => (c.mean_m > 0 ? metres(Math.round(c.mean_m)) : '—'),
      },
      ...(walked
        ? [
            {
              key: 'minutes',
              title: t('meanMinutes'),
              width: 110,
              numeric: true,
              sort: 'minutes',
              cell: (c: CommunityCoverage) =>
                c.mean_minutes > 0 ? minutesSaid(c.mean_minutes, language) : '—',
            },
            {
              key: 'unreached',
              title: t('unreachedBuildings'),
              width: 110,
              numeric: true,
              cell: (c: CommunityCoverage) => count(c.unreached_buildings),
            },
          ]
        : []),
      ...(capacity
        ? [
            {
              key: 'served',
              title: t('served'),
              width: 120,
              numeric: true,
              cell: (c: CommunityCoverage) => count(c.served_households),
            },
            {
              key: 'access',
              title: t('accessShort'),
              width: 110,
              numeric: true,
              sort: 'access',
              cell: (c: CommunityCoverage) => c.access.toFixed(3),
            },
          ]
        : []),
    ],
    [t, language, walked, spared, capacity],
  );
  const rows = useMemo(() => {
    const descending = sort.startsWith('-');
    const key = sort.replace(/^-/, '');
    const value = (c: CommunityCoverage) => {
      switch (key) {
        case 'households':
          return c.households;
        case 'metres':
          return c.mean_m;
        case 'minutes':
          return c.mean_minutes;
        case 'access':
          return c.access;
        default:
          return c.households ? c.covered_households / c.households : 2;
      }
    };
    return [...(query.data ?? [])].sort((a, b) => {
      const order =
        key === 'name'
          ? a.name.localeCompare(b.name, 'zh-CN')
          : value(a) - value(b) || b.households - a.households;
      return descending ? -order : order;
    });
  }, [query.data, sort]);
  const empty = (
    <Empty icon="coverage" title={run ? t('table') : t('tableEmpty')}>
      {run ? '' : undefined}
    </Empty>
  );
  return (
    <Grid
      title={
        shown
          ? t('tableOf', {
              name: typeName(shown),
              method: t(`method.short.${shown.method}`),
            })
          : t('table')
      }
      kind="community"
      columns={columns}
      rows={rows}
      total={rows.length}
      sort={sort}
      onSort={setSort}
      waiting={!!run && query.isPending}
      error={query.error}
      retry={() => void query.refetch()}
      locate={() => {}}
      empty={empty}
    />
  );
}
