import { useState } from 'react';
import type { Token } from '../api/nouns';
import { useDistricts } from '../api/queries';
import { useWords } from '../language';
import { moment } from '../language/format';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Checkbox } from '../ui/Field';
import ui from '../ui/ui.module.css';
import css from './people.module.css';
import { alive, daysLeft, tokenState } from './tokenState';
import { words } from './words';

/** API tokens with what they may, until when, and where they were used last. */
export function TokenList({
  tokens,
  empty,
  onRevoke,
}: {
  tokens: readonly Token[];
  empty: string;
  onRevoke: (token: Token) => Promise<void>;
}) {
  const t = useWords(words);
  const districts = useDistricts();
  const [all, setAll] = useState(false);
  const [leaving, setLeaving] = useState<Token | null>(null);
  const now = Date.now();
  const rows = tokens.map((token) => ({ token, state: tokenState(token, now) }));
  const dead = rows.filter((r) => !alive(r.state)).length;
  const shown = all ? rows : rows.filter((r) => alive(r.state));
  const end = (token: Token, state: ReturnType<typeof tokenState>) =>
    state === 'revoked'
      ? t('revokedBy', { who: token.revoked_by, when: moment(token.revoked_at) })
      : state === 'past'
        ? t('pastSince', { when: moment(token.expires_at) })
        : t('daysLeft', { days: daysLeft(token, now) });
  return (
    <>
      {shown.length === 0 ? (
        <p className={css.nothing} data-testid="tokens-empty">
          {dead ? t('noneHolds') : empty}
        </p>
      ) : (
        <div className={css.tableWrap}>
          <table className={css.table} data-testid="tokens">
            <thead>
              <tr>
                <th>{t('tokenFor')}</th>
                <th>{t('access')}</th>
                <th>{t('holdsUntil')}</th>
                <th>{t('lastUsed')}</th>
                <th>
                  <span className={css.unseen}>{t('actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map(({ token, state }) => (
                <tr key={token.id} data-testid="token-row" data-state={state}>
                  <td>
                    {token.name}
                    <div className={ui.hint}>{t('madeAt', { when: moment(token.created_at) })}</div>
                  </td>
                  <td>
                    {t(`access.${token.access}`)}
                    {token.district && (
                      <div className={ui.hint}>
                        {t('only', {
                          district:
                            districts.data?.find((d) => d.code === token.district)?.name ?? token.district,
                        })}
                      </div>
                    )}
                  </td>
                  <td className={css.when}>
                    <span
                      className={`${ui.badge} ${ui.plain} ${
                        state === 'holds' ? ui.okTone : state === 'ending' ? ui.warnTone : ''
                      }`}
                    >
                      {t(`state.${state}`)}
                    </span>
                    <div className={ui.hint}>{end(token, state)}</div>
                  </td>
                  <td className={css.when}>
                    {token.last_used_at ? moment(token.last_used_at) : t('neverUsed')}
                    {token.last_used_from && (
                      <div className={`${ui.hint} ${css.mono}`}>{token.last_used_from}</div>
                    )}
                  </td>
                  <td className={css.actions}>
                    {alive(state) && (
                      <Button
                        small
                        tone="danger"
                        onClick={() => setLeaving(token)}
                        aria-label={t('revokeOf', { name: token.name })}
                        data-testid="token-revoke"
                      >
                        {t('revoke')}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {dead > 0 && (
        <div className={css.below}>
          <Checkbox checked={all} onChange={setAll} testId="tokens-all">
            {t('showDead', { n: dead })}
          </Checkbox>
        </div>
      )}
      {leaving && (
        <Dialog
          open
          onClose={() => setLeaving(null)}
          title={t('revokeTitle', { name: leaving.name })}
          width={400}
          foot={
            <>
              <Button onClick={() => setLeaving(null)}>{t('cancel')}</Button>
              <Button
                tone="danger"
                icon="trash"
                data-testid="token-revoke-confirm"
                onClick={() => {
                  const token = leaving;
                  setLeaving(null);
                  void onRevoke(token);
                }}
              >
                {t('revoke')}
              </Button>
            </>
          }
        >
          {t('revokeText')}
        </Dialog>
      )}
    </>
  );
}
