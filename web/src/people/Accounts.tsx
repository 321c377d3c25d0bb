import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../api/endpoints';
import type { Account } from '../api/nouns';
import { keys, useDistricts, useSession } from '../api/queries';
import { useWords } from '../language';
import { moment } from '../language/format';
import { Button, IconButton } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Failure, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { NewAccount } from './NewAccount';
import css from './people.module.css';
import { words } from './words';

export default function Accounts() {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const session = useSession();
  const districts = useDistricts();
  const accounts = useQuery({ queryKey: keys.accounts, queryFn: api.accounts });
  const [making, setMaking] = useState(false);
  const [link, setLink] = useState<{ name: string; url: string } | null>(null);
  const [leaving, setLeaving] = useState<Account | null>(null);
  const again = () => void client.invalidateQueries({ queryKey: keys.accounts });
  const showLink = (a: Account) =>
    api.accountLink(a.id).then(
      ({ url }) => setLink({ name: a.display_name || a.name, url }),
      (error: unknown) => say(sentence(error), { bad: true }),
    );
  if (accounts.isPending) return <Waiting />;
  if (accounts.isError) return <Failure error={accounts.error} retry={() => void accounts.refetch()} />;
  return (
    <div className={css.sheet}>
      <div className={css.sheetHead}>
        <h2>{t('accounts')}</h2>
        <Button tone="primary" icon="plus" onClick={() => setMaking(true)} data-testid="account-new">
          {t('create')}
        </Button>
      </div>
      <div className={css.tableWrap}>
        <table className={css.table} data-testid="accounts">
          <thead>
            <tr>
              <th>{t('name')}</th>
              <th>{t('displayName')}</th>
              <th>{t('role')}</th>
              <th>{t('district')}</th>
              <th>{t('password')}</th>
              <th>{t('lastSeen')}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {accounts.data.map((a) => (
              <tr key={a.id} data-testid="account-row" data-name={a.name}>
                <td>{a.name}</td>
                <td>{a.display_name || '—'}</td>
                <td>
                  <span
                    className={`${ui.badge} ${ui.plain} ${a.role === 'administrator' ? ui.accentTone : ''}`}
                  >
                    {t(`role.${a.role}`)}
                  </span>
                </td>
                <td>
                  {districts.data?.find((d) => d.code === a.district)?.name ??
                    (a.district || t('everyDistrict'))}
                  {a.subdistricts.length > 0 && <div className={ui.hint}>{a.subdistricts.join('、')}</div>}
                </td>
                <td>
                  {a.has_password ? t('hasPassword') : <span className={ui.hint}>{t('noPassword')}</span>}
                </td>
                <td>{moment(a.last_seen_at)}</td>
                <td className={css.actions}>
                  <Button small icon="link" onClick={() => void showLink(a)} data-testid="account-link">
                    {t('link')}
                  </Button>{' '}
                  <IconButton
                    icon="trash"
                    label={t('delete')}
                    small
                    refused={a.id === session.data?.id ? t('self') : null}
                    onClick={() => setLeaving(a)}
                    data-testid="account-delete"
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {making && (
        <NewAccount
          onClose={() => setMaking(false)}
          onMade={(a) => {
            setMaking(false);
            again();
            say(t('created', { name: a.name }));
            void showLink(a);
          }}
        />
      )}
      {link && (
        <Dialog
          open
          onClose={() => setLink(null)}
          title={t('linkTitle', { name: link.name })}
          width={520}
          testId="link-dialog"
        >
          <p className={ui.hint}>{t('linkText')}</p>
          <div className={css.linkBox}>
            <input
              className={ui.input}
              readOnly
              value={link.url}
              onFocus={(e) => e.target.select()}
              aria-label={t('link')}
              data-testid="link-url"
            />
            <Button
              icon="link"
              onClick={() => {
                const field = document.querySelector<HTMLInputElement>('[data-testid="link-url"]');
                field?.select();
                if (navigator.clipboard) void navigator.clipboard.writeText(link.url);
                else document.execCommand('copy');
                say(t('copied'));
              }}
            >
              {t('copy')}
            </Button>
          </div>
        </Dialog>
      )}
      {leaving && (
        <Dialog
          open
          onClose={() => setLeaving(null)}
          title={t('deleteTitle', { name: leaving.name })}
          width={400}
          foot={
            <>
              <Button onClick={() => setLeaving(null)}>{t('cancel')}</Button>
              <Button
                tone="danger"
                icon="trash"
                data-testid="account-delete-confirm"
                onClick={() => {
                  const a = leaving;
                  setLeaving(null);
                  api.deleteAccount(a.id, a.version).then(
                    () => {
                      again();
                      say(t('deleted', { name: a.name }));
                    },
                    (error: unknown) => {
                      again();
                      say(sentence(error), { bad: true });
                    },
                  );
                }}
              >
                {t('delete')}
              </Button>
            </>
          }
        >
          {t('deleteText')}
        </Dialog>
      )}
    </div>
  );
}
