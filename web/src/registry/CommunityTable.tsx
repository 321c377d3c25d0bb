import { useCallback, useMemo } from 'react';
import type { Community } from '../api/nouns';
import { useCommunities } from '../api/queries';
import { type Column, Grid } from '../frame/Grid';
import { useWords } from '../language';
import { count, floorArea } from '../language/format';
import { useControl } from '../map/control';
import { everything } from '../state/address';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Empty } from '../ui/State';
import ui from '../ui/ui.module.css';
import { words } from './words';

export default function CommunityTable() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const filter = useWorkbench((s) => s.filter);
  const sort = useWorkbench((s) => s.sort) || 'name';
  const setSort = useWorkbench((s) => s.setSort);
  const setMode = useWorkbench((s) => s.setMode);
  const query = useCommunities(district, filter, sort);
  const rows = useMemo(() => query.data?.pages.flatMap((p) => p.items ?? []) ?? [], [query.data]);
  const total = query.data?.pages[0]?.total ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const columns = useCommunityColumns();
  const unfiltered = JSON.stringify(filter) === JSON.stringify(everything);
  return (
    <Grid
      title={t('table')}
      kind="community"
      columns={columns}
      rows={rows}
      total={total}
      sort={sort}
      onSort={setSort}
      onEnd={more}
      waiting={query.isPending}
      fetching={query.isFetching}
      error={query.error}
      retry={() => void query.refetch()}
      locate={(row) => useControl.getState().controller?.reveal(row.bbox, row.location)}
      empty={
        unfiltered ? (
          <Empty
            icon="registry"
            title={t('emptyTitle')}
            action={<Button onClick={() => setMode('data')}>{t('toData')}</Button>}
          >
            {t('emptyText')}
          </Empty>
        ) : undefined
      }
    />
  );
}

export function useCommunityColumns(): readonly Column<Community>[] {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  return useMemo(
    () => [
      { key: 'name', title: t('name'), width: 190, sort: 'name', cell: (c) => <span>{c.name}</span> },
      {
        key: 'eligibility',
        title: t('eligibility'),
        width: 96,
        cell: (c) => <span className={`${ui.badge} ${ui[c.eligibility]}`}>{t(c.eligibility)}</span>,
      },
      {
        key: 'built_year',
        title: t('builtYear'),
        width: 92,
        numeric: true,
        sort: 'built_year',
        cell: (c) => c.built_year ?? '—',
      },
      {
        key: 'households',
        title: t('households'),
        width: 84,
        numeric: true,
        sort: 'households',
        cell: (c) => count(c.households),
      },
      {
        key: 'building_count',
        title: t('buildings'),
        width: 84,
        numeric: true,
        cell: (c) => count(c.building_count),
      },
      {
        key: 'floor_area_m2',
        title: t('floorArea'),
        width: 112,
        numeric: true,
        sort: 'floor_area_m2',
        cell: (c) => floorArea(c.floor_area_m2, language),
      },
      {
        key: 'subdistrict',
        title: t('subdistrict'),
        width: 130,
        cell: (c) => <span>{c.subdistrict_name ?? '—'}</span>,
      },
      {
        key: 'address',
        title: t('address'),
        width: 220,
        cell: (c) => <span title={c.address}>{c.address || '—'}</span>,
      },
      { key: 'code', title: t('code'), width: 150, sort: 'code', cell: (c) => <span>{c.code}</span> },
    ],
    [t, language],
  );
}
