import { useMemo, useState } from 'react';
import type { CommunityCoverage } from '../api/nouns';
import { useRunCommunities } from '../api/queries';
import { type Column, Grid } from '../frame/Grid';
import { useWords } from '../language';
import { count, floorArea, share } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Empty } from '../ui/State';
import { words } from './words';

export default function CoverageTable() {
  const t = useWords(words);
  const { district, language, run } = useWorkbench();
  const query = useRunCommunities(district, run);
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
        width: 120,
        numeric: true,
        sort: 'share',
        cell: (c) => share(c.covered_households, c.households),
      },
      {
        key: 'households',
        title: t('coveredHouseholds'),
        width: 140,
        numeric: true,
        sort: 'households',
        cell: (c) => `${count(c.covered_households)} / ${count(c.households)}`,
      },
      {
        key: 'buildings',
        title: t('coveredBuildings'),
        width: 120,
        numeric: true,
        cell: (c) => `${count(c.covered_buildings)} / ${count(c.buildings)}`,
      },
      {
        key: 'floor',
        title: t('coveredFloor'),
        width: 190,
        numeric: true,
        cell: (c) =>
          `${floorArea(c.covered_floor_area_m2, language)} / ${floorArea(c.floor_area_m2, language)}`,
      },
    ],
    [t, language],
  );
  const rows = useMemo(() => {
    const descending = sort.startsWith('-');
    const key = sort.replace(/^-/, '');
    const value = (c: CommunityCoverage) =>
      key === 'households' ? c.households : c.households ? c.covered_households / c.households : 2;
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
      title={t('table')}
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
