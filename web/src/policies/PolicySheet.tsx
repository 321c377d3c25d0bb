// The plan as the product holds it: every rule with its clause, by parts, with a
// search over all of them.
import { useMemo, useState } from 'react';
import { usePolicy } from '../api/policy';
import frame from '../frame/frame.module.css';
import { SheetHead } from '../frame/SheetHead';
import { useWords } from '../language';
import { count } from '../language/format';
import { Empty, Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import css from './policies.module.css';
import { find, marked, parts, type Row, type Section, sectionsOf } from './text';
import { words } from './words';

export default function PolicySheet({ code, part }: { code: string; part: string }) {
  const t = useWords(words);
  const policy = usePolicy(code);
  const [query, setQuery] = useState('');
  const sections = useMemo(() => (policy.data ? sectionsOf(policy.data) : []), [policy.data]);
  const there = parts.filter((p) => sections.some((s) => s.part === p));
  const at = there.find((p) => p === part) ?? there[0] ?? 'about';
  const searching = query.trim() !== '';
  const shown = searching ? find(sections, query) : sections.filter((s) => s.part === at);
  const rows = shown.reduce((n, s) => n + s.rows.length, 0);
  return (
    <>
      <SheetHead
        title={policy.data?.short_title ?? code}
        sub={policy.data && `${policy.data.document_no} · v${policy.data.version}`}
        parts={there.map((key) => ({ key, name: t(`part.${key}`) }))}
        part={searching ? '' : at}
      >
        <input
          className={`${ui.input} ${css.finder}`}
          type="search"
          placeholder={t('search')}
          aria-label={t('search')}
          value={query}
          onChange={(e) => setQuery(e.target.value)}
          onKeyDown={(e) => {
            // The first Esc empties the box, the next closes the sheet.
            if (e.key === 'Escape' && query) {
              e.preventDefault();
              e.stopPropagation();
              setQuery('');
            }
          }}
          data-testid="policy-search"
        />
      </SheetHead>
      <div className={`${frame.sheetBody} ${css.text}`} data-testid="policy-sections">
        {policy.isPending ? (
          <Waiting rows={9} />
        ) : policy.isError ? (
          <Failure error={policy.error} retry={() => void policy.refetch()} />
        ) : searching && !rows ? (
          <Empty icon="search" title={t('notFound', { q: query.trim() })}>
            {t('notFoundText')}
          </Empty>
        ) : (
          <>
            {searching && (
              <p className={ui.hint} data-testid="policy-found">
                {t('found', { n: count(rows) })}
              </p>
            )}
            {shown.map((s) => (
              <Table
                key={`${s.part} ${s.title}`}
                section={s}
                query={query}
                where={searching ? t(`part.${s.part}`) : ''}
              />
            ))}
          </>
        )}
      </div>
    </>
  );
}

function Table({ section: s, query, where }: { section: Section; query: string; where: string }) {
  const headed = s.columns.some(Boolean);
  return (
    <>
      <h3>
        {s.title}
        {(where || s.note) && <small>{[where, s.note].filter(Boolean).join(' · ')}</small>}
      </h3>
      <table>
        {headed && (
          <thead>
            <tr>
              {s.columns.map((c, i) => (
                <th key={`${c}${i.toString()}`}>{c}</th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {s.rows.map((r, i) => (
            <Line key={`${r.cells[0]}${i.toString()}`} row={r} query={query} columns={s.columns.length} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function Line({ row, query, columns }: { row: Row; query: string; columns: number }) {
  const wide = columns - 1 - row.cells.length;
  return (
    <tr>
      {row.cells.map((text, i) => (
        <td
          key={`${text}${i.toString()}`}
          className={text.length <= 6 ? css.short : undefined}
          colSpan={i === row.cells.length - 1 && wide > 0 ? 1 + wide : undefined}
        >
          <Marked text={text} query={query} />
        </td>
      ))}
      <td className={css.clause}>
        <Marked text={row.clause} query={query} />
      </td>
    </tr>
  );
}

function Marked({ text, query }: { text: string; query: string }) {
  return marked(text, query).map((piece, i) =>
    piece.hit ? <mark key={`${i.toString()}${piece.text}`}>{piece.text}</mark> : piece.text,
  );
}
