// What differs between two scenarios, in the attribute table's place: zones,
// communities that changed zone, totals. Zones of the other can be taken over.
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import * as registry from '../api/endpoints';
import type { Comparison, MovedCommunity, Zone, ZoneName, ZonePair } from '../api/nouns';
import { keys, useSession, useZones } from '../api/queries';
import { useComparison, useScenarios, useZonesAt } from '../api/scenarios';
import frame from '../frame/frame.module.css';
import { type Column, Grid } from '../frame/Grid';
import { useWords } from '../language';
import { count, floorArea } from '../language/format';
import { useControl } from '../map/control';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { Segments } from '../ui/Field';
import { Select } from '../ui/Select';
import { Empty, Failure, Waiting } from '../ui/State';
import { type Against, formatAgainst, parseAgainst } from './against';
import css from './compare.module.css';
import { householdsBetween, pairsInOrder, signed } from './differences';
import { FigureTable } from './FigureTable';
import { TakeDialog } from './TakeDialog';
import { useScenario } from './useScenario';
import { words } from './words';

type Tab = 'zones' | 'moved' | 'totals';

export default function CompareTable({ against }: { against: Against }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const compareWith = useWorkbench((s) => s.compareWith);
  const session = useSession();
  const list = useScenarios(district);
  const current = useScenario();
  const comparison = useComparison(district, current?.code ?? null, against.code, against.revision);
  const [tab, setTab] = useState<Tab>('zones');
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const [taking, setTaking] = useState(false);

  const others = (list.data ?? []).filter((s) => s.code !== current?.code);
  const other = list.data?.find((s) => s.code === against.code) ?? null;
  const value = formatAgainst(against);
  const options = [
    ...others.map((s) => ({ value: s.code, label: s.name })),
    ...(other && against.revision !== null
      ? [{ value, label: t('revisionOf', { name: other.name, n: against.revision }) }]
      : []),
  ];
  const c = comparison.data;
  // Zones that are gone from the other scenario by now are not taken.
  const chosen = ticked.filter((code) => c?.zones.some((p) => p.b === code));
  const refused = !may(session.data, 'draw.zone')
    ? t('noRight')
    : against.revision !== null
      ? t('takeOld')
      : chosen.length === 0
        ? t('takeNone')
        : null;
  const tools = (
    <>
      {tab === 'zones' && (
        <Button small refused={refused} onClick={() => setTaking(true)} data-testid="compare-take">
          {t('take')}
          {chosen.length > 0 && ` (${chosen.length})`}
        </Button>
      )}
      <IconButton
        icon="close"
        small
        label={t('end')}
        onClick={() => compareWith(null)}
        data-testid="compare-end"
      />
    </>
  );
  const head = (
    <>
      <Segments<Tab>
        label={t('comparing')}
        value={tab}
        options={[
          { value: 'zones', label: t('tabZones') },
          { value: 'moved', label: c ? `${t('tabMoved')} ${c.moved.length}` : t('tabMoved') },
          { value: 'totals', label: t('tabTotals') },
        ]}
        onChange={setTab}
        testId="compare-tab"
      />
      <div className={css.other}>
        <Select
          label={t('other')}
          value={value}
          options={options}
          onChange={(next) => {
            if (parseAgainst(next)) compareWith(next);
          }}
          testId="compare-other-select"
        />
      </div>
      {tools}
    </>
  );
  const bar = (
    <div className={frame.gridBar}>
      <strong>{t('comparing')}</strong>
      <span className={frame.grow} />
      {head}
    </div>
  );
  return (
    <>
      {comparison.isPending || !current ? (
        <>
          {bar}
          <Waiting rows={3} />
        </>
      ) : comparison.isError ? (
        <>
          {bar}
          <Failure error={comparison.error} retry={() => void comparison.refetch()} />
        </>
      ) : tab === 'totals' ? (
        <>
          {bar}
          <FigureTable comparison={comparison.data} />
        </>
      ) : tab === 'moved' ? (
        <Moved comparison={comparison.data} tools={head} />
      ) : (
        <Pairs
          comparison={comparison.data}
          tools={head}
          against={against}
          ticked={chosen}
          onTick={against.revision === null ? setTicked : null}
        />
      )}
      {taking && current && other && (
        <TakeDialog
          into={current}
          from={other}
          zones={chosen}
          onClose={() => setTaking(false)}
          onTaken={() => setTicked([])}
        />
      )}
    </>
  );
}

type PairRow = ZonePair & { code: string };

function Pairs({
  comparison,
  tools,
  against,
  ticked,
  onTick,
}: {
  comparison: Comparison;
  tools: ReactNode;
  against: Against;
  ticked: readonly string[];
  onTick: ((codes: readonly string[]) => void) | null;
}) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const district = useWorkbench((s) => s.district);
  const here = useZones(district);
  const there = useZones(against.revision === null ? district : '', against.code);
  const then = useZonesAt(district, against.code, against.revision);
  const rows = useMemo<PairRow[]>(
    () => pairsInOrder(comparison.zones).map((p) => ({ ...p, code: p.a ?? p.b ?? '' })),
    [comparison.zones],
  );
  const columns = useMemo<Column<PairRow>[]>(() => {
    const between = (
      key: string,
      title: string,
      of: (p: PairRow) => [number | null, number | null, string],
    ) =>
      ({
        key,
        title,
        width: 168,
        numeric: true,
        cell: (p: PairRow) => {
          const [a, b, difference] = of(p);
          return (
            <span>
              {a === null ? '—' : count(a)} → {b === null ? '—' : count(b)}{' '}
              {a !== null && b !== null && a !== b && <em className={css.quiet}>{difference}</em>}
            </span>
          );
        },
      }) satisfies Column<PairRow>;
    return [
      ...(onTick
        ? [
            {
              key: 'tick',
              title: '',
              width: 38,
              cell: (p: PairRow) =>
                p.b && p.change !== 'same' ? (
                  <input
                    type="checkbox"
                    aria-label={t('tick', { name: p.name_b })}
                    checked={ticked.includes(p.b)}
                    onClick={(e) => e.stopPropagation()}
                    onChange={(e) => {
                      const code = p.b;
                      if (code)
                        onTick(e.target.checked ? [...ticked, code] : ticked.filter((k) => k !== code));
                    }}
                    data-testid={`tick-${p.b}`}
                  />
                ) : null,
            } satisfies Column<PairRow>,
          ]
        : []),
      {
        key: 'change',
        title: t('change'),
        width: 96,
        cell: (p) => (
          <span className={css.change} data-change={p.change} data-testid="pair-change">
            {t(`change.${p.change}`)}
          </span>
        ),
      },
      { key: 'a', title: t('here'), width: 180, cell: (p) => <span>{p.a ? p.name_a : '—'}</span> },
      { key: 'b', title: t('there'), width: 180, cell: (p) => <span>{p.b ? p.name_b : '—'}</span> },
      between('communities', t('communities'), (p) => {
        const [a, b] = [p.totals_a?.communities ?? null, p.totals_b?.communities ?? null];
        return [a, b, signed((b ?? 0) - (a ?? 0), count)];
      }),
      between('households', t('households'), (p) => [
        p.totals_a?.households ?? null,
        p.totals_b?.households ?? null,
        signed(householdsBetween(p), count),
      ]),
      {
        key: 'floor',
        title: t('floor_area_m2'),
        width: 190,
        numeric: true,
        cell: (p) =>
          `${floorArea(p.totals_a?.floor_area_m2, language)} → ${floorArea(p.totals_b?.floor_area_m2, language)}`,
      },
    ];
  }, [t, language, ticked, onTick]);
  const zoneOf = (p: PairRow): Zone | undefined =>
    here.data?.find((z) => z.code === p.a) ?? (there.data ?? then.data)?.find((z) => z.code === p.b);
  return (
    <Rows
      tools={tools}
      title={t('comparing')}
      kind="zone"
      columns={columns}
      rows={rows}
      locate={(p) => {
        const zone = zoneOf(p);
        if (zone) useControl.getState().controller?.lookAt(zone.bbox, null);
      }}
      empty={<Empty icon="zones" title={t('noDifference')} />}
    />
  );
}

function Moved({ comparison, tools }: { comparison: Comparison; tools: ReactNode }) {
  const t = useWords(words);
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const columns = useMemo<Column<MovedCommunity>[]>(() => {
    const zone = (z: ZoneName | null): ReactNode =>
      z ? <span>{z.name}</span> : <span className={css.quiet}>{t('none')}</span>;
    return [
      { key: 'name', title: t('communities'), width: 220, cell: (m) => <span>{m.name}</span> },
      { key: 'from', title: t('from'), width: 200, cell: (m) => zone(m.from) },
      { key: 'to', title: t('to'), width: 200, cell: (m) => zone(m.to) },
      {
        key: 'households',
        title: t('households'),
        width: 90,
        numeric: true,
        cell: (m) => count(m.households),
      },
    ];
  }, [t]);
  return (
    <Rows
      tools={tools}
      title={t('comparing')}
      kind="community"
      columns={columns}
      rows={comparison.moved}
      locate={(m) => {
        void client
          .fetchQuery({
            queryKey: [...keys.communities(district), 'one', m.code],
            queryFn: () => registry.community(district, m.code),
            staleTime: 60_000,
          })
          .then((c) => useControl.getState().controller?.lookAt(c.bbox, c.location))
          .catch(() => {}); // the inspector says why the community cannot be shown
      }}
      empty={<Empty icon="home" title={t('noMoves')} />}
    />
  );
}

function Rows<T extends { code: string }>({
  title,
  kind,
  columns,
  rows,
  locate,
  empty,
  tools,
}: {
  tools: ReactNode;
  title: string;
  kind: 'zone' | 'community';
  columns: readonly Column<T>[];
  rows: readonly T[];
  locate: (row: T) => void;
  empty: ReactNode;
}) {
  return (
    <Grid
      title={title}
      kind={kind}
      columns={columns}
      rows={rows}
      total={rows.length}
      waiting={false}
      locate={locate}
      empty={empty}
      tools={tools}
    />
  );
}
