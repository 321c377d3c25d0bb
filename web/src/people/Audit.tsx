import { useInfiniteQuery } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import * as api from '../api/endpoints';
import type { AuditEntry } from '../api/nouns';
import { keys } from '../api/queries';
import { useWords } from '../language';
import { moment } from '../language/format';
import { Button } from '../ui/Button';
import { Select } from '../ui/Select';
import { Empty, Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import css from './people.module.css';
import { words } from './words';

const entities = [
  '',
  'zone',
  'community',
  'building',
  'facility',
  'project',
  'coverage_run',
  'account',
  'session',
  'job',
  'district',
] as const;

/** Who did what when; a row opens to what the thing was before and after. */
export default function Audit() {
  const t = useWords(words);
  const [entity, setEntity] = useState<string>('');
  const [open, setOpen] = useState<number | null>(null);
  const query = useInfiniteQuery({
    queryKey: [...keys.audit, entity],
    queryFn: ({ pageParam }) => api.audit({ entity: entity || undefined, cursor: pageParam, limit: 100 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor || undefined,
  });
  const rows = query.data?.pages.flatMap((p) => p.items) ?? [];
  const known = (prefix: string, value: string) => {
    const key = `${prefix}.${value}`;
    return key in words ? t(key as keyof typeof words) : value;
  };
  const action = (e: AuditEntry) => known('action', e.action.split('.').at(-1) ?? e.action);
  return (
    <div className={css.sheet}>
      <div className={css.sheetHead}>
        <h2>{t('audit')}</h2>
        <div style={{ width: 150 }}>
          <Select
            label={t('entity')}
            value={entity}
            onChange={setEntity}
            options={entities.map((e) => ({ value: e as string, label: e ? known('entity', e) : t('all') }))}
            testId="audit-entity"
          />
        </div>
      </div>
      {query.isPending ? (
        <Waiting />
      ) : query.isError ? (
        <Failure error={query.error} retry={() => void query.refetch()} />
      ) : rows.length === 0 ? (
        <Empty icon="clock" title={t('noAudit')}>
          {t('noAuditText')}
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
                <th />
              </tr>
            </thead>
            <tbody>
              {rows.map((e) => (
                <Fragment key={e.id}>
                  <tr data-testid="audit-row">
                    <td style={{ whiteSpace: 'nowrap' }}>{moment(e.at)}</td>
                    <td>{e.person}</td>
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
                      >
                        {t('detail')}
                      </Button>
                    </td>
                  </tr>
                  {open === e.id && (
                    <tr>
                      <td colSpan={5}>
                        <div className={css.diff}>
                          {(
                            [
                              ['before', e.before],
                              ['after', e.after],
                            ] as const
                          ).map(([key, value]) => (
                            <div key={key}>
                              <span className={ui.hint}>{t(key)}</span>
                              <pre>
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
            <div style={{ padding: 12, textAlign: 'center' }}>
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

function nameOf(e: AuditEntry): string {
  for (const side of [e.after, e.before]) {
    if (typeof side === 'object' && side !== null && 'name' in side && typeof side.name === 'string')
      return side.name;
  }
  return '';
}
