import { useMemo, useState } from 'react';
import type { Zone, ZoneMember } from '../api/nouns';
import { useZoneCommunities, useZones } from '../api/queries';
import { type Column, Grid } from '../frame/Grid';
import { useWords } from '../language';
import { count, floorArea, landArea, moment, percent } from '../language/format';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Empty } from '../ui/State';
import ui from '../ui/ui.module.css';
import { words } from './words';

/** All zones, or the communities of the one that is selected. */
export default function ZoneTable() {
  const selected = useWorkbench((s) => (s.selection?.kind === 'zone' ? s.selection.code : null));
  const [all, setAll] = useState(false);
  return selected && !all ? (
    <Members code={selected} onAll={() => setAll(true)} />
  ) : (
    <All onOne={selected ? () => setAll(false) : null} />
  );
}

function All({ onOne }: { onOne: (() => void) | null }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const language = useWorkbench((s) => s.language);
  const zones = useZones(district);
  const [sort, setSort] = useState('name');
  const columns = useMemo<Column<Zone>[]>(
    () => [
      { key: 'name', title: t('name'), width: 190, sort: 'name', cell: (z) => <span>{z.name}</span> },
      {
        key: 'area',
        title: t('area'),
        width: 100,
        numeric: true,
        sort: 'area',
        cell: (z) => landArea(z.totals.area_m2, language),
      },
      {
        key: 'communities',
        title: t('communities'),
        width: 80,
        numeric: true,
        sort: 'communities',
        cell: (z) => count(z.totals.communities),
      },
      {
        key: 'buildings',
        title: t('buildings'),
        width: 80,
        numeric: true,
        sort: 'buildings',
        cell: (z) => count(z.totals.buildings),
      },
      {
        key: 'households',
        title: t('households'),
        width: 90,
        numeric: true,
        sort: 'households',
        cell: (z) => count(z.totals.households),
      },
      {
        key: 'floor',
        title: t('floorArea'),
        width: 110,
        numeric: true,
        sort: 'floor',
        cell: (z) => floorArea(z.totals.floor_area_m2, language),
      },
      {
        key: 'eligible',
        title: t('eligible'),
        width: 124,
        numeric: true,
        sort: 'eligible',
        cell: (z) => (z.totals.communities ? percent(z.totals.eligible_share) : '—'),
      },
      { key: 'updated', title: t('updated'), width: 140, cell: (z) => moment(z.updated_at) },
      { key: 'by', title: '', width: 110, cell: (z) => <span>{z.updated_by}</span> },
    ],
    [t, language],
  );
  const rows = useMemo(() => sorted(zones.data ?? [], sort), [zones.data, sort]);
  return (
    <Grid
      title={t('table')}
      kind="zone"
      columns={columns}
      rows={rows}
      total={rows.length}
      sort={sort}
      onSort={setSort}
      waiting={zones.isPending}
      error={zones.error}
      retry={() => void zones.refetch()}
      locate={(z) => useControl.getState().controller?.reveal(z.bbox, null)}
      tools={
        onOne && (
          <Button small tone="ghost" onClick={onOne}>
            {t('members')}
          </Button>
        )
      }
      empty={
        <Empty icon="zones" title={t('emptyTitle')}>
          {t('emptyText')}
        </Empty>
      }
    />
  );
}

function sorted(zones: readonly Zone[], sort: string): Zone[] {
  const descending = sort.startsWith('-');
  const key = sort.replace(/^-/, '');
  const value = (z: Zone): number =>
    ({
      area: z.totals.area_m2,
      communities: z.totals.communities,
      buildings: z.totals.buildings,
      households: z.totals.households,
      floor: z.totals.floor_area_m2,
      eligible: z.totals.eligible_share,
    })[key] ?? 0;
  const order = (a: Zone, b: Zone) =>
    key === 'name' ? a.name.localeCompare(b.name, 'zh-CN') : value(a) - value(b);
  return [...zones].sort((a, b) => (descending ? order(b, a) : order(a, b)));
}

function Members({ code, onAll }: { code: string; onAll: () => void }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const language = useWorkbench((s) => s.language);
  const members = useZoneCommunities(district, code);
  const columns = useMemo<Column<ZoneMember>[]>(
    () => [
      { key: 'name', title: t('name'), width: 190, cell: (c) => <span>{c.name}</span> },
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
        cell: (c) => c.built_year ?? '—',
      },
      {
        key: 'households',
        title: t('households'),
        width: 84,
        numeric: true,
        cell: (c) => count(c.households),
      },
      { key: 'buildings', title: t('buildings'), width: 84, numeric: true, cell: (c) => count(c.buildings) },
      {
        key: 'floor',
        title: t('floorArea'),
        width: 112,
        numeric: true,
        cell: (c) => floorArea(c.floor_area_m2, language),
      },
      {
        key: 'subdistrict',
        title: t('subdistrict'),
        width: 140,
        cell: (c) => <span>{c.subdistrict_name || '—'}</span>,
      },
    ],
    [t, language],
  );
  return (
    <Grid
      title={t('members')}
      kind="community"
      columns={columns}
      rows={members.data ?? []}
      total={members.data?.length ?? 0}
      waiting={members.isPending}
      error={members.error}
      retry={() => void members.refetch()}
      locate={() => {}}
      tools={
        <Button small tone="ghost" onClick={onAll}>
          {t('allZones')}
        </Button>
      }
      empty={
        <Empty icon="home" title={t('noMembers')}>
          {t('noMembersText')}
        </Empty>
      }
    />
  );
}
