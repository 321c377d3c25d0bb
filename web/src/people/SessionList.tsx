import type { OpenSession } from '../api/nouns';
import { useWords } from '../language';
import { moment } from '../language/format';
import { Button } from '../ui/Button';
import ui from '../ui/ui.module.css';
import { deviceName } from './device';
import css from './people.module.css';
import { words } from './words';

/** Where somebody is signed in: device, address, time. */
export function SessionList({
  sessions,
  onEnd,
}: {
  sessions: readonly OpenSession[];
  /** Ends one of them; absent where they end only together. */
  onEnd?: (session: OpenSession) => void;
}) {
  const t = useWords(words);
  if (sessions.length === 0) return <p className={css.nothing}>{t('noSessions')}</p>;
  return (
    <div className={css.tableWrap}>
      <table className={css.table} data-testid="sessions">
        <thead>
          <tr>
            <th>{t('device')}</th>
            <th>{t('address')}</th>
            <th>{t('signedInAt')}</th>
            <th>{t('lastSeen')}</th>
            {onEnd && (
              <th>
                <span className={css.unseen}>{t('actions')}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {sessions.map((s) => (
            <tr key={s.id} data-testid="session-row" data-current={s.current}>
              <td title={s.device}>
                {deviceName(s.device) || t('deviceUnknown')}{' '}
                {s.current && (
                  <span className={`${ui.badge} ${ui.plain} ${ui.accentTone}`}>{t('thisSession')}</span>
                )}
                {s.by_link && <div className={ui.hint}>{t('byLink')}</div>}
                {s.by_provider && <div className={ui.hint}>{t('throughProvider')}</div>}
              </td>
              <td className={css.mono}>{s.address || '—'}</td>
              <td className={css.when}>{moment(s.created_at)}</td>
              <td className={css.when}>{moment(s.last_seen_at)}</td>
              {onEnd && (
                <td className={css.actions}>
                  {!s.current && (
                    <Button
                      small
                      onClick={() => onEnd(s)}
                      aria-label={t('endOf', { device: deviceName(s.device), address: s.address })}
                      data-testid="session-end"
                    >
                      {t('end')}
                    </Button>
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
