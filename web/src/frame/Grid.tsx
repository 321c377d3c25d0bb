// The attribute table: virtual rows, columns that sort at the server, hover and
// click shared with the map through the store, more rows as one scrolls.
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';
import { useWords } from '../language';
import type { Kind } from '../state/address';
import { useWorkbench } from '../state/workbench';
import { Icon } from '../ui/icons';
import { Empty, Failure, Waiting } from '../ui/State';
import css from './frame.module.css';
import { words } from './words';

export interface Column<T> {
  key: string;
  title: string;
  width: number;
  numeric?: boolean;
  /** The name the server sorts by; columns without one do not sort. */
  sort?: string;
  cell: (row: T) => ReactNode;
}

export function Grid<T extends { code: string }>({
  title,
  columns,
  rows,
  total,
  kind,
  sort,
  onSort,
  onEnd,
  waiting,
  fetching,
  error,
  retry,
  empty,
  tools,
  locate,
}: {
  title: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  total: number;
  kind: Kind;
  sort?: string;
  onSort?: (sort: string) => void;
  /** The last rows have come into sight. */
  onEnd?: () => void;
  waiting: boolean;
  fetching?: boolean;
  error?: unknown;
  retry?: () => void;
  empty?: ReactNode;
  tools?: ReactNode;
  /** Brings a chosen row into sight on the map. */
  locate: (row: T) => void;
}) {
  const t = useWords(words);
  const box = useRef<HTMLDivElement>(null);
  const selection = useWorkbench((s) => s.selection);
  const hovered = useWorkbench((s) => s.hovered);
  const select = useWorkbench((s) => s.select);
  const hover = useWorkbench((s) => s.hover);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => 28,
    overscan: 10,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 15) onEnd?.();
  }, [last, rows.length, onEnd]);

  const chosen = selection?.kind === kind ? selection.code : null;
  const at = chosen === null ? -1 : rows.findIndex((r) => r.code === chosen);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scroll when another row is chosen, not whenever rows arrive
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
  }, [chosen]);

  const choose = (row: T | undefined) => {
    if (!row) return;
    select({ kind, code: row.code });
    locate(row);
  };
  const descending = sort?.startsWith('-');
  const sorted = sort?.replace(/^-/, '');
  return (
    <>
      <div className={css.gridBar}>
        <strong>{title}</strong>
        {!waiting && !error && (
          <span data-testid="row-count">{t('rows', { shown: rows.length, total })}</span>
        )}
        {fetching && <span>…</span>}
        <span className={css.grow} />
        {tools}
      </div>
      {error ? (
        <Failure error={error} retry={retry} />
      ) : waiting ? (
        <Waiting rows={4} />
      ) : rows.length === 0 ? (
        (empty ?? (
          <Empty icon="table" title={t('noRows')}>
            {t('noRowsText')}
          </Empty>
        ))
      ) : (
        <div
          ref={box}
          className={css.grid}
          role="grid"
          tabIndex={0}
          aria-rowcount={total}
          aria-label={title}
          data-testid="grid"
          onMouseLeave={() => hover(null)}
          onKeyDown={(e) => {
            if (e.key === 'ArrowDown') choose(rows[Math.min(at + 1, rows.length - 1)]);
            else if (e.key === 'ArrowUp') choose(rows[Math.max(at - 1, 0)]);
            else return;
            e.preventDefault();
          }}
        >
          <div className={css.gridHead} role="row" tabIndex={-1}>
            {columns.map((c) => (
              <div
                key={c.key}
                role="columnheader"
                tabIndex={-1}
                style={{ width: c.width }}
                aria-sort={
                  c.sort && c.sort === sorted ? (descending ? 'descending' : 'ascending') : undefined
                }
              >
                {c.sort && onSort ? (
                  <button
                    type="button"
                    className={c.numeric ? css.right : ''}
                    title={t('sortBy', { what: c.title })}
                    onClick={() => onSort(sort === c.sort ? `-${c.sort}` : (c.sort ?? ''))}
                    data-testid={`sort-${c.key}`}
                  >
                    {c.title}
                    {c.sort === sorted && <Icon name={descending ? 'down' : 'up'} size={11} />}
                  </button>
                ) : (
                  <span className={c.numeric ? css.right : ''}>{c.title}</span>
                )}
              </div>
            ))}
          </div>
          <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {items.map((item) => {
              const row = rows[item.index];
              if (!row) return null;
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself owns the arrow keys
                <div
                  key={row.code}
                  role="row"
                  tabIndex={-1}
                  className={css.gridRow}
                  aria-selected={row.code === chosen}
                  aria-rowindex={item.index + 1}
                  data-hover={hovered?.kind === kind && hovered.code === row.code}
                  data-testid="grid-row"
                  data-code={row.code}
                  style={{ transform: `translateY(${item.start}px)` }}
                  onMouseEnter={() => hover({ kind, code: row.code })}
                  onClick={() => choose(row)}
                >
                  {columns.map((c) => (
                    <div
                      key={c.key}
                      role="gridcell"
                      tabIndex={-1}
                      className={c.numeric ? css.right : ''}
                      style={{ width: c.width }}
                    >
                      {c.cell(row)}
                    </div>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      )}
    </>
  );
}
