import { useEffect, useState } from 'react';
import type { Eligibility } from '../api/nouns';
import { useCommunities, useSubdistricts, useVerdictCounts } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count } from '../language/format';
import { everything } from '../state/address';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Checkbox } from '../ui/Field';
import ui from '../ui/ui.module.css';
import own from './registry.module.css';
import { words } from './words';

const verdicts: readonly Eligibility[] = ['in', 'borderline', 'out'];

/** Filters of the register; table, list and map follow them alike. */
export default function RegistryPanel() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const filter = useWorkbench((s) => s.filter);
  const setFilter = useWorkbench((s) => s.setFilter);
  const sort = useWorkbench((s) => s.sort);
  const subdistricts = useSubdistricts(district);
  const counts = useVerdictCounts(district, filter);
  const list = useCommunities(district, filter, sort || 'name');
  const total = list.data?.pages[0]?.total;
  const active = JSON.stringify(filter) !== JSON.stringify(everything);
  const all = counts.data ? counts.data.in + counts.data.borderline + counts.data.out : 0;

  return (
    <>
      <header className={css.head}>
        <h2>{t('title')}</h2>
        {active && (
          <Button
            small
            tone="ghost"
            icon="close"
            onClick={() => setFilter(everything)}
            data-testid="clear-filter"
          >
            {t('reset')}
          </Button>
        )}
      </header>
      <div className={css.scroll}>
        <div className={css.section}>
          <TextFilter value={filter.q} onChange={(q) => setFilter({ q })} />
          <div className={own.found} data-testid="found">
            {total === undefined ? '…' : t('found', { n: count(total) })}
          </div>
        </div>
        <div className={css.section}>
          <h3>{t('eligibility')}</h3>
          {counts.data && all > 0 && (
            <div className={own.stack} aria-hidden="true">
              {verdicts.map((v) => (
                <i key={v} style={{ flexGrow: counts.data[v], background: `var(--${v})` }} />
              ))}
            </div>
          )}
          <div>
            {verdicts.map((v) => (
              <Checkbox
                key={v}
                checked={filter.eligibility.includes(v)}
                testId={`filter-${v}`}
                onChange={(on) =>
                  setFilter({
                    eligibility: on ? [...filter.eligibility, v] : filter.eligibility.filter((e) => e !== v),
                  })
                }
              >
                <i className={own.dot} style={{ background: `var(--${v})` }} />
                {t(`${v}.long`)}
                <span className={own.count}>{counts.data ? count(counts.data[v]) : ''}</span>
              </Checkbox>
            ))}
          </div>
        </div>
        <div className={css.section}>
          <h3>
            {t('builtYear')}
            <button
              type="button"
              className={own.chip}
              aria-pressed={filter.yearFrom === null && filter.yearTo === 1999}
              onClick={() =>
                setFilter(
                  filter.yearTo === 1999 && filter.yearFrom === null
                    ? { yearFrom: null, yearTo: null }
                    : { yearFrom: null, yearTo: 1999 },
                )
              }
              data-testid="filter-before-2000"
            >
              {t('before2000')}
            </button>
          </h3>
          <div className={own.years}>
            <YearField
              label={t('from')}
              value={filter.yearFrom}
              onChange={(yearFrom) => setFilter({ yearFrom })}
              testId="year-from"
            />
            <span>–</span>
            <YearField
              label={t('to')}
              value={filter.yearTo}
              onChange={(yearTo) => setFilter({ yearTo })}
              testId="year-to"
            />
          </div>
        </div>
        <div className={css.section}>
          <h3>{t('subdistrict')}</h3>
          <div>
            {(subdistricts.data ?? []).map((s) => (
              <Checkbox
                key={s.code}
                checked={filter.subdistricts.includes(s.code)}
                testId={`filter-sub-${s.code}`}
                onChange={(on) =>
                  setFilter({
                    subdistricts: on
                      ? [...filter.subdistricts, s.code]
                      : filter.subdistricts.filter((c) => c !== s.code),
                  })
                }
              >
                {s.name}
                <span className={own.count}>{count(s.communities)}</span>
              </Checkbox>
            ))}
          </div>
        </div>
      </div>
    </>
  );
}

function TextFilter({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = useWords(words);
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text), 250);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <input
      className={ui.input}
      type="search"
      value={text}
      aria-label={t('search')}
      placeholder={t('searchHint')}
      onChange={(e) => setText(e.target.value)}
      data-testid="filter-name"
    />
  );
}

/** A year that counts only once it is whole, so that typing 1998 does not filter by 19. */
function YearField({
  label,
  value,
  onChange,
  testId,
}: {
  label: string;
  value: number | null;
  onChange: (v: number | null) => void;
  testId: string;
}) {
  const [text, setText] = useState(value?.toString() ?? '');
  useEffect(() => setText(value?.toString() ?? ''), [value]);
  return (
    <input
      className={ui.input}
      inputMode="numeric"
      maxLength={4}
      placeholder={label}
      aria-label={label}
      value={text}
      data-testid={testId}
      onChange={(e) => {
        const next = e.target.value.replace(/\D/g, '');
        setText(next);
        if (next === '') onChange(null);
        else if (next.length === 4) onChange(Number(next));
      }}
      onBlur={() => setText(value?.toString() ?? '')}
    />
  );
}
