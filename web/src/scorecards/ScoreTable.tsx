// The scorecard in the attribute table's place: communities against facility
// types. Only the rows in sight exist; the names stay where they are while the
// types pass under them.
import { useQueryClient } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Fragment, useEffect, useMemo, useRef, useState } from 'react';
import { community } from '../api/endpoints';
import type { ScoreCommunity, Scorecard, ScoreType } from '../api/nouns';
import { keys } from '../api/queries';
import { useScorecard } from '../api/scorecards';
import { useMark } from '../coverage/marks';
import { limitSaid } from '../coverage/said';
import { useTypeName } from '../coverage/useTypeName';
import frame from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, percent } from '../language/format';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { Icon } from '../ui/icons';
import { Empty, Failure, Waiting } from '../ui/State';
import { colourOf, inkOf } from './ramp';
import { type Order, type Sort, scored, sorted } from './rows';
import own from './scorecards.module.css';
import { words } from './words';

const ROW = 28;

export default function ScoreTable({ batch }: { batch: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const card = useScorecard(district, batch);
  if (card.isPending) return <Waiting rows={3} />;
  if (card.isError) return <Failure error={card.error} retry={() => void card.refetch()} />;
  if (card.data.communities.length === 0) return <Empty icon="table" title={t('noCommunities')} />;
  return <Table card={card.data} />;
}

function Table({ card }: { card: Scorecard }) {
  const t = useWords(words);
  const [sort, setSort] = useState<Sort>('score');
  const rows = useMemo(() => sorted(card.communities, sort), [card, sort]);
  const box = useRef<HTMLDivElement>(null);
  const { chosen, at, choose, hovered, hover } = useRows(rows);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: scroll when another row is chosen, not whenever the order changes
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
  }, [chosen]);
  return (
    <>
      <div className={frame.gridBar}>
        <strong>{t('table')}</strong>
        <span data-testid="row-count">
          {t('tableOf', { n: count(rows.length), types: card.types.length })} ·{' '}
          {t(`method.${card.batch.method}`)}
        </span>
      </div>
      <div
        ref={box}
        className={frame.grid}
        role="grid"
        tabIndex={0}
        aria-rowcount={rows.length}
        aria-label={t('table')}
        data-testid="score-table"
        onMouseLeave={() => hover(null)}
        onKeyDown={(e) => {
          if (e.key === 'ArrowDown') choose(rows[Math.min(at + 1, rows.length - 1)]);
          else if (e.key === 'ArrowUp') choose(rows[Math.max(at - 1, 0)]);
          else return;
          e.preventDefault();
        }}
      >
        <Head types={card.types} sort={sort} onSort={setSort} />
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself owns the arrow keys
              <div
                key={row.code}
                role="row"
                tabIndex={-1}
                className={`${frame.gridRow} ${own.row}`}
                aria-selected={row.code === chosen}
                aria-rowindex={item.index + 1}
                data-hover={hovered === row.code}
                data-testid="score-row"
                data-code={row.code}
                style={{ transform: `translateY(${item.start}px)` }}
                onMouseEnter={() => hover(row.code)}
                onClick={() => choose(row)}
              >
                <Cells row={row} types={card.types.length} />
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}

/** The rows share what is chosen and pointed at with the map. */
function useRows(rows: readonly ScoreCommunity[]) {
  const chosen = useWorkbench((s) => (s.selection?.kind === 'community' ? s.selection.code : null));
  const hovered = useWorkbench((s) => (s.hovered?.kind === 'community' ? s.hovered.code : null));
  const client = useQueryClient();
  const { district, select, hover } = useWorkbench.getState();
  const at = chosen === null ? -1 : rows.findIndex((r) => r.code === chosen);
  return {
    chosen,
    at,
    hovered,
    choose: (row: ScoreCommunity | undefined) => {
      if (!row) return;
      select({ kind: 'community', code: row.code });
      // A row does not know where its community lies; the inspector asks the same.
      void client
        .fetchQuery({
          queryKey: [...keys.communities(district), 'one', row.code],
          queryFn: () => community(district, row.code),
          staleTime: 60_000,
        })
        .then(
          (c) => useControl.getState().controller?.reveal(c.bbox, c.location),
          () => {},
        );
    },
    hover: (code: string | null) => hover(code === null ? null : { kind: 'community', code }),
  };
}

function Cells({ row, types }: { row: ScoreCommunity; types: number }) {
  const known = scored(row);
  return (
    <>
      <div role="gridcell" tabIndex={-1} className={own.first} title={`${row.name} ${row.subdistrict_name}`}>
        <span>{row.name}</span>
      </div>
      <div role="gridcell" tabIndex={-1} className={`${own.number} ${frame.right}`}>
        {count(row.households)}
      </div>
      <div role="gridcell" tabIndex={-1} className={`${own.number} ${frame.right}`}>
        {known ? `${row.have} / ${types}` : '—'}
      </div>
      <Share value={known ? row.score : null} strong />
      {row.share.map((share, i) => (
        // The columns are as fixed as the types of the scorecard.
        // biome-ignore lint/suspicious/noArrayIndexKey: the place in the list is the column
        <Share key={i} value={share} />
      ))}
    </>
  );
}

/** A share as a coloured cell; the colour says nothing that the text does not. */
function Share({ value, strong }: { value: number | null; strong?: boolean }) {
  return (
    <div role="gridcell" tabIndex={-1} className={`${own.share} ${strong ? own.strong : ''}`}>
      <span
        style={value === null ? undefined : { background: colourOf(value), color: inkOf(value) }}
        data-unknown={value === null}
      >
        {value === null ? '—' : percent(value)}
      </span>
    </div>
  );
}

function Head({
  types,
  sort,
  onSort,
}: {
  types: readonly ScoreType[];
  sort: Sort;
  onSort: (sort: Sort) => void;
}) {
  const t = useWords(words);
  const markSaid = useMark();
  const language = useWorkbench((s) => s.language);
  const typeName = useTypeName();
  const descending = sort.startsWith('-');
  const order = sort.replace(/^-/, '');
  const column = (key: Order, title: string, place: string | undefined, below = '', help = '') => (
    <div
      role="columnheader"
      tabIndex={-1}
      className={place}
      aria-sort={key === order ? (descending ? 'descending' : 'ascending') : undefined}
    >
      <button
        type="button"
        title={help || title}
        onClick={() => onSort(sort === key ? `-${key}` : key)}
        data-testid={`score-sort-${key}`}
      >
        <span>
          {title}
          {key === order && <Icon name={descending ? 'down' : 'up'} size={11} />}
        </span>
        {below && <small>{below}</small>}
      </button>
    </div>
  );
  return (
    <div className={own.headRow} role="row" tabIndex={-1}>
      {column('name', t('name'), own.first)}
      {column('households', t('households'), own.number)}
      {column('have', t('have'), own.number)}
      {column('score', t('score'), own.share, '', t('scoreMeans'))}
      {types.map((type, i) => {
        const name = typeName(type);
        const mark = type.standard?.mark ?? '';
        const limit = limitSaid(type.limit, language);
        return (
          <Fragment key={type.facility_type}>
            {column(
              `type:${i}`,
              name,
              own.share,
              [limit, mark, type.facilities === 0 && t('noneThere')].filter(Boolean).join(' · '),
              [
                name,
                limit,
                type.standard && `${type.standard.source} ${type.standard.clause}`,
                markSaid(mark),
              ]
                .filter(Boolean)
                .join('\n'),
            )}
          </Fragment>
        );
      })}
    </div>
  );
}
