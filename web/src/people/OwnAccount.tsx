import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { OpenSession, Person, Token } from '../api/nouns';
import * as people from '../api/people';
import { keys, useDistricts } from '../api/queries';
import { useWords } from '../language';
import { Button } from '../ui/Button';
import { Failure, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { NewToken } from './NewToken';
import { OwnIdentity } from './OwnIdentity';
import { PasswordForm } from './PasswordForm';
import css from './people.module.css';
import { SessionList } from './SessionList';
import { TokenList } from './TokenList';
import { words } from './words';

/** One's own account: password, where one is signed in, API tokens. */
export function OwnAccount({ person }: { person: Person }) {
  const t = useWords(words);
  const districts = useDistricts();
  const client = useQueryClient();
  const again = () => {
    void client.invalidateQueries({ queryKey: keys.sessions(person.id) });
    void client.invalidateQueries({ queryKey: keys.session });
  };
  const district = districts.data?.find((d) => d.code === person.district)?.name ?? person.district;
  return (
    <div className={css.own} data-testid="own-account">
      <div className={css.column}>
        <section className={css.sheet}>
          <dl className={css.about}>
            <dt>{t('name')}</dt>
            <dd data-testid="own-name">{person.name}</dd>
            {person.display_name && (
              <>
                <dt>{t('displayName')}</dt>
                <dd>{person.display_name}</dd>
              </>
            )}
            <dt>{t('role')}</dt>
            <dd>{t(`role.${person.role}`)}</dd>
            <dt>{t('district')}</dt>
            <dd>{district || t('everyDistrict')}</dd>
          </dl>
        </section>
        {person.bound && <OwnIdentity person={person} />}
        {/* Whom the provider vouches for and who has no password gets none. */}
        {!(person.by_provider && !person.has_password) && (
          <section className={css.sheet}>
            <div className={css.sheetHead}>
              <h2>{t('passwordTab')}</h2>
            </div>
            <div className={css.pad}>
              <PasswordForm
                first={false}
                account={person.name}
                name={person.name}
                confirmed={person.by_link || !person.has_password}
                onDone={again}
              />
            </div>
          </section>
        )}
      </div>
      <div className={css.column}>
        <OwnSessions account={person.id} />
        <OwnTokens person={person} />
      </div>
    </div>
  );
}

function OwnSessions({ account }: { account: string }) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const sessions = useQuery({ queryKey: keys.sessions(account), queryFn: people.ownSessions });
  const others = sessions.data?.filter((s) => !s.current).length ?? 0;
  const end = async (act: Promise<unknown>) => {
    try {
      await act;
      say(t('ended'));
    } catch (error) {
      say(sentence(error), { bad: true });
    }
    await client.invalidateQueries({ queryKey: keys.sessions(account) });
  };
  return (
    <section className={css.sheet}>
      <div className={css.sheetHead}>
        <h2>{t('sessions')}</h2>
        <Button
          onClick={() => void end(people.endOtherSessions())}
          refused={others === 0 ? t('noOthers') : null}
          data-testid="sessions-end-others"
        >
          {t('endOthers')}
        </Button>
      </div>
      {sessions.isPending ? (
        <Waiting rows={2} />
      ) : sessions.isError ? (
        <Failure error={sessions.error} retry={() => void sessions.refetch()} />
      ) : (
        <SessionList
          sessions={sessions.data}
          onEnd={(s: OpenSession) => void end(people.endOwnSession(s.id))}
        />
      )}
    </section>
  );
}

function OwnTokens({ person }: { person: Person }) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const [making, setMaking] = useState(false);
  const tokens = useQuery({ queryKey: keys.tokens(person.id), queryFn: people.ownTokens });
  const again = () => client.invalidateQueries({ queryKey: keys.tokens(person.id) });
  const revoke = async (token: Token) => {
    try {
      await people.revokeOwnToken(token.id);
      say(t('revoked', { name: token.name }));
    } catch (error) {
      say(sentence(error), { bad: true });
    }
    await again();
  };
  return (
    <section className={css.sheet}>
      <div className={css.sheetHead}>
        <h2>
          {t('tokens')} <span className={ui.hint}>{t('tokensAbout')}</span>
        </h2>
        <Button icon="plus" onClick={() => setMaking(true)} data-testid="token-new">
          {t('newToken')}
        </Button>
      </div>
      {tokens.isPending ? (
        <Waiting rows={2} />
      ) : tokens.isError ? (
        <Failure error={tokens.error} retry={() => void tokens.refetch()} />
      ) : (
        <TokenList tokens={tokens.data} empty={t('noTokens')} onRevoke={revoke} />
      )}
      {making && <NewToken person={person} onMade={() => void again()} onClose={() => setMaking(false)} />}
    </section>
  );
}
