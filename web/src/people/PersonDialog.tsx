import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Account, Token } from '../api/nouns';
import * as people from '../api/people';
import { keys } from '../api/queries';
import { useWords } from '../language';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Failure, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import css from './people.module.css';
import { SessionList } from './SessionList';
import { TokenList } from './TokenList';
import { Unbind } from './Unbind';
import { words } from './words';

/** Where somebody is signed in, with which tokens programs act in their name, and the binding to the provider. */
export function PersonDialog({
  account,
  onClose,
  onUnbound,
}: {
  account: Account;
  onClose: () => void;
  onUnbound: () => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const sessions = useQuery({
    queryKey: keys.sessions(account.id),
    queryFn: () => people.sessionsOf(account.id),
  });
  const tokens = useQuery({ queryKey: keys.tokens(account.id), queryFn: () => people.tokensOf(account.id) });
  const [bound, setBound] = useState(account.bound);
  const [asking, setAsking] = useState(false);
  const act = async (done: Promise<unknown>, said: string) => {
    try {
      await done;
      say(said);
    } catch (error) {
      say(sentence(error), { bad: true });
    }
    await Promise.all([
      client.invalidateQueries({ queryKey: keys.sessions(account.id) }),
      client.invalidateQueries({ queryKey: keys.tokens(account.id) }),
    ]);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('personTitle', { name: account.display_name || account.name })}
      width={760}
      testId="person-dialog"
    >
      <section className={css.part}>
        <div className={css.partHead}>
          <h3>{t('sessions')}</h3>
          <Button
            small
            tone="danger"
            refused={sessions.data?.length === 0 ? t('noSessions') : null}
            onClick={() => void act(people.endSessionsOf(account.id), t('endedAll', { name: account.name }))}
            data-testid="person-end-all"
          >
            {t('endAll')}
          </Button>
        </div>
        {sessions.isPending ? (
          <Waiting rows={2} />
        ) : sessions.isError ? (
          <Failure error={sessions.error} retry={() => void sessions.refetch()} />
        ) : (
          <SessionList sessions={sessions.data} />
        )}
      </section>
      <section className={css.part}>
        <div className={css.partHead}>
          <h3>{t('tokens')}</h3>
        </div>
        {tokens.isPending ? (
          <Waiting rows={2} />
        ) : tokens.isError ? (
          <Failure error={tokens.error} retry={() => void tokens.refetch()} />
        ) : (
          <TokenList
            tokens={tokens.data}
            empty={t('noTokensOf')}
            onRevoke={(token: Token) => act(people.revokeToken(token.id), t('revoked', { name: token.name }))}
          />
        )}
      </section>
      {bound && (
        <section className={css.part} data-testid="person-identity">
          <div className={css.partHead}>
            <h3>{t('provider')}</h3>
            <Button small tone="danger" onClick={() => setAsking(true)} data-testid="identity-unbind">
              {t('unbind')}
            </Button>
          </div>
          <p className={css.nothing}>{t('bound')}</p>
        </section>
      )}
      {asking && (
        <Unbind
          title={t('unbindTitle', { name: account.display_name || account.name })}
          text={t(account.has_password ? 'unbindText' : 'unbindOnlyText')}
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            const done = people.unbind(account.id).then(() => {
              setBound(false);
              onUnbound();
            });
            void act(done, t('unboundOf', { name: account.name }));
          }}
        />
      )}
    </Dialog>
  );
}
