import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Fragment, useId, useState } from 'react';
import { useSearchParams } from 'wouter';
import * as api from '../api/endpoints';
import type { AuditEntry } from '../api/nouns';
import { auditExport } from '../api/people';
import { keys, useSession } from '../api/queries';
import { useSettled } from '../approvals/useSettled';
import { useWords } from '../language';
import { moment } from '../language/format';
import { saveFile } from '../plans/download';
import { Button } from '../ui/Button';
import { Menu, MenuItem, MenuLabel } from '../ui/Menu';
import { Select } from '../ui/Select';
import { Empty, Failure, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { type AuditFilter, asked, readFilter, writeFilter } from './auditFilter';
import { may } from './capability';
import css from './people.module.css';
import { words } from './words';

const entities = [
  '',
  'community',
  'building',
  'facility',
  'idle_building',
  'zone',
  'scenario',
  'proposal',
  'link',
  'coverage_run',
  'coverage_batch',
  'siting',
  'proposed_facility',
  'project',
  'survey',
  'fund',
  'budget',
  'month',
  'dossier',
  'package',
  'inspection',
  'import',
  'elevation',
  'job',
  'district',
  'account',
  'audit',
] as const;

/** Who did what when; a row opens to what the thing was before and after. */
export default function Audit() {
  const t = useWords(words);
  const [search, setSearch] = useSearchParams();
  const filter = readFilter(search);
  // Letters are typed one by one; the question waits for the word.
  const settled = useSettled(JSON.stringify(asked(filter)), 300);
  const change = (part: Partial<AuditFilter>) =>
    setSearch(writeFilter({ ...filter, ...part }), { replace: true });
  const [open, setOpen] = useState<number | null>(null);
  const query = useInfiniteQuery({
    queryKey: [...keys.audit, settled],
    queryFn: ({ pageParam }) =>
      api.audit({ ...(JSON.parse(settled) as ReturnType<typeof asked>), cursor: pageParam, limit: 100 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor || undefined,
  });
  const rows = query.data?.pages.flatMap((p) => p.items) ?? [];
  const narrowed = Object.keys(writeFilter(filter)).length > 0;
  const known = (prefix: string, value: string, short = value) => {
    const key = [`${prefix}.${value}`, `${prefix}.${short}`].find((k) => k in words);
    return key ? t(key as keyof typeof words) : value;
  };
  const action = (e: AuditEntry) => known('action', e.action, e.action.split('.').at(-1));
  return (
    <div className={css.sheet}>
      <div className={css.sheetHead}>
        <h2>{t('audit')}</h2>
        <ExportMenu filter={filter} />
      </div>
      <search className={css.filter}>
        <PersonField value={filter.person} onChange={(person) => change({ person })} />
        <Day
          label={t('from')}
          value={filter.from}
          onChange={(from) => change({ from })}
          testId="audit-from"
        />
        <Day
          label={t('until')}
          value={filter.until}
          onChange={(until) => change({ until })}
          testId="audit-until"
        />
        <div className={css.filterKind}>
          <Select
            label={t('entity')}
            value={filter.entity}
            onChange={(entity) => change({ entity })}
            options={entities.map((e) => ({
              value: e as string,
              label: e ? known('entity', e) : t('everyThing'),
            }))}
            testId="audit-entity"
          />
        </div>
        <input
          className={`${ui.input} ${css.filterCode}`}
          value={filter.code}
          placeholder={t('codeHint')}
          aria-label={t('codeHint')}
          onChange={(e) => change({ code: e.target.value })}
          data-testid="audit-code"
        />
        {narrowed && (
          <Button tone="ghost" onClick={() => setSearch({}, { replace: true })} data-testid="audit-clear">
            {t('clear')}
          </Button>
        )}
      </search>
      {query.isPending ? (
        <Waiting />
      ) : query.isError ? (
        <Failure error={query.error} retry={() => void query.refetch()} />
      ) : rows.length === 0 ? (
        <Empty icon="clock" title={t(narrowed ? 'noMatch' : 'noAudit')}>
          {t(narrowed ? 'noMatchText' : 'noAuditText')}
        </Empty>
      ) : (
        <div className={css.tableWrap}>
          <table className={css.table} data-testid="audit">
            <thead>
              <tr>
                <th>{t('when')}</th>
                <th>{t('who')}</th>
                <th>{t('what')}</th>
                <th>{t('thing')}</th>
                <th>
                  <span className={css.unseen}>{t('actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((e) => (
                <Fragment key={e.id}>
                  <tr data-testid="audit-row" data-action={e.action}>
                    <td className={css.when}>{moment(e.at)}</td>
                    <td>
                      {e.person}
                      {e.via && <div className={ui.hint}>{t('via', { name: e.via })}</div>}
                    </td>
                    <td title={e.action}>{action(e)}</td>
                    <td>
                      {known('entity', e.entity)} <span className={ui.hint}>{nameOf(e) || e.code}</span>
                    </td>
                    <td className={css.actions}>
                      <Button
                        small
                        tone="ghost"
                        aria-expanded={open === e.id}
                        onClick={() => setOpen(open === e.id ? null : e.id)}
                        data-testid="audit-detail"
                      >
                        {t('detail')}
                      </Button>
                    </td>
                  </tr>
                  {open === e.id && (
                    <tr className={css.opened}>
                      <td colSpan={5}>
                        <div className={css.narrowing}>
                          <code className={css.mono}>
                            {e.action} · {e.code}
                          </code>
                          <Button
                            small
                            onClick={() => change({ entity: e.entity, code: e.code })}
                            data-testid="audit-only-thing"
                          >
                            {t('onlyThis')}
                          </Button>
                          <Button
                            small
                            onClick={() => change({ person: e.person })}
                            data-testid="audit-only-person"
                          >
                            {t('onlyPerson')}
                          </Button>
                        </div>
                        <div className={css.diff}>
                          {(
                            [
                              ['before', e.before],
                              ['after', e.after],
                            ] as const
                          ).map(([key, value]) => (
                            <div key={key}>
                              <span className={ui.hint}>{t(key)}</span>
                              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys must reach it */}
                              <pre tabIndex={0}>
                                {value === null || value === undefined ? '—' : JSON.stringify(value, null, 1)}
                              </pre>
                            </div>
                          ))}
                        </div>
                      </td>
                    </tr>
                  )}
                </Fragment>
              ))}
            </tbody>
          </table>
          {query.hasNextPage && (
            <div className={css.older}>
              <Button onClick={() => void query.fetchNextPage()} disabled={query.isFetchingNextPage}>
                {t('more')}
              </Button>
            </div>
          )}
        </div>
      )}
    </div>
  );
}

/** A name, also of somebody who is gone; those who are here are offered. */
function PersonField({ value, onChange }: { value: string; onChange: (name: string) => void }) {
  const t = useWords(words);
  const list = useId();
  const session = useSession();
  const accounts = useQuery({
    queryKey: keys.accounts,
    queryFn: api.accounts,
    enabled: may(session.data, 'manage.accounts'),
  });
  return (
    <>
      <input
        className={`${ui.input} ${css.filterPerson}`}
        list={list}
        value={value}
        placeholder={t('everybody')}
        aria-label={t('who')}
        onChange={(e) => onChange(e.target.value)}
        data-testid="audit-person"
      />
      <datalist id={list}>
        {accounts.data?.map((a) => (
          <option key={a.id} value={a.name}>
            {a.display_name}
          </option>
        ))}
      </datalist>
    </>
  );
}

function Day({
  label,
  value,
  onChange,
  testId,
}: {
  label: string;
  value: string;
  onChange: (day: string) => void;
  testId: string;
}) {
  return (
    <label className={css.day}>
      {label}
      <input
        className={ui.input}
        type="date"
        value={value}
        onChange={(e) => onChange(e.target.value)}
        data-testid={testId}
      />
    </label>
  );
}

function ExportMenu({ filter }: { filter: AuditFilter }) {
  const t = useWords(words);
  const sentence = useSentence();
  const save = (format: 'csv' | 'jsonl') =>
    void saveFile(auditExport(format, asked(filter)), `audit.${format}`).catch((error: unknown) =>
      say(sentence(error), { bad: true }),
    );
  return (
    <Menu
      trigger={
        <button type="button" className={ui.button} data-testid="audit-export">
          {t('exportAs')}
        </button>
      }
    >
      <MenuLabel>{t('exportAbout')}</MenuLabel>
      <MenuItem icon="table" onSelect={() => save('csv')} testId="audit-export-csv">
        {t('exportCsv')}
      </MenuItem>
      <MenuItem icon="file" onSelect={() => save('jsonl')} testId="audit-export-jsonl">
        {t('exportJsonl')}
      </MenuItem>
    </Menu>
  );
}

function nameOf(e: AuditEntry): string {
  for (const side of [e.after, e.before]) {
    if (typeof side === 'object' && side !== null && 'name' in side && typeof side.name === 'string')
      return side.name;
  }
  return '';
}
