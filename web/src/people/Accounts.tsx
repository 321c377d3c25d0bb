import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import * as api from '../api/endpoints';
import type { Account } from '../api/nouns';
import * as people from '../api/people';
import { keys, useDistricts, useSession } from '../api/queries';
import { useWords } from '../language';
import { moment } from '../language/format';
import { Button, IconButton } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Icon } from '../ui/icons';
import { Failure, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { CopyField } from './CopyField';
import { NewAccount } from './NewAccount';
import { PersonDialog } from './PersonDialog';
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
  const [locking, setLocking] = useState<Account | null>(null);
  const [shown, setShown] = useState<Account | null>(null);
  const again = () => void client.invalidateQueries({ queryKey: keys.accounts });
  const showLink = (a: Account) =>
    api.accountLink(a.id).then(
      ({ url }) => setLink({ name: a.display_name || a.name, url }),
      (error: unknown) => say(sentence(error), { bad: true }),
    );
  const change = async (act: Promise<unknown>, said: string) => {
    try {
      await act;
      say(said);
    } catch (error) {
      say(sentence(error), { bad: true });
    }
    again();
  };
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
              <th>{t('role')}</th>
              <th>{t('district')}</th>
              <th>{t('state')}</th>
              <th>{t('lastSeen')}</th>
              <th>
                <span className={css.unseen}>{t('actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {accounts.data.map((a) => (
              <tr key={a.id} data-testid="account-row" data-name={a.name}>
                <td>
                  {a.display_name || a.name}
                  {a.display_name && <div className={ui.hint}>{a.name}</div>}
                </td>
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
                  {a.locked_at ? (
                    <>
                      <span className={`${ui.badge} ${ui.plain} ${ui.badTone}`} data-testid="account-locked">
                        {t('locked')}
                      </span>
                      <div className={ui.hint}>
                        {t('lockedBy', { who: a.locked_by, when: moment(a.locked_at) })}
                      </div>
                    </>
                  ) : a.has_password ? (
                    t('hasPassword')
                  ) : (
                    <span className={ui.hint}>{t('noPassword')}</span>
                  )}
                  {a.bound && (
                    <div className={ui.hint} data-testid="account-bound">
                      {t('bound')}
                    </div>
                  )}
                </td>
                <td className={css.when}>{moment(a.last_seen_at)}</td>
                <td className={css.actions}>
                  <div className={css.tools}>
                    <Button
                      small
                      icon="link"
                      refused={a.locked_at ? t('lockedNoLink') : null}
                      onClick={() => void showLink(a)}
                      data-testid="account-link"
                    >
                      {t('link')}
                    </Button>
                    <Button small onClick={() => setShown(a)} data-testid="account-person">
                      {t('person')}
                    </Button>
                    <Link
                      className={`${ui.button} ${ui.icon} ${ui.small}`}
                      href={`/people/audit?person=${encodeURIComponent(a.name)}`}
                      aria-label={t('trailOf', { name: a.name })}
                      title={t('trail')}
                      data-testid="account-trail"
                    >
                      <Icon name="clock" size={14} />
                    </Link>
                    <IconButton
                      icon={a.locked_at ? 'unlock' : 'lock'}
                      label={t(a.locked_at ? 'unlock' : 'lock')}
                      small
                      refused={a.id === session.data?.id ? t('selfLock') : null}
                      onClick={() =>
                        a.locked_at
                          ? void change(
                              people.unlockAccount(a.id, a.version),
                              t('unlockedNow', { name: a.name }),
                            )
                          : setLocking(a)
                      }
                      data-testid="account-lock"
                    />
                    <IconButton
                      icon="trash"
                      label={t('delete')}
                      small
                      refused={a.id === session.data?.id ? t('self') : null}
                      onClick={() => setLeaving(a)}
                      data-testid="account-delete"
                    />
                  </div>
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
          <CopyField label={t('link')} text={link.url} testId="link-url" />
        </Dialog>
      )}
      {shown && <PersonDialog account={shown} onClose={() => setShown(null)} onUnbound={again} />}
      {locking && (
        <Dialog
          open
          onClose={() => setLocking(null)}
          title={t('lockTitle', { name: locking.display_name || locking.name })}
          width={400}
          foot={
            <>
              <Button onClick={() => setLocking(null)}>{t('cancel')}</Button>
              <Button
                tone="danger"
                icon="lock"
                data-testid="account-lock-confirm"
                onClick={() => {
                  const a = locking;
                  setLocking(null);
                  void change(people.lockAccount(a.id, a.version), t('lockedNow', { name: a.name }));
                }}
              >
                {t('lock')}
              </Button>
            </>
          }
        >
          {t('lockText')}
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
                  void change(api.deleteAccount(a.id, a.version), t('deleted', { name: a.name }));
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
