import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Person } from '../api/nouns';
import * as people from '../api/people';
import { keys } from '../api/queries';
import { useWords } from '../language';
import { Button } from '../ui/Button';
import { useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import css from './people.module.css';
import { Unbind } from './Unbind';
import { words } from './words';

/** That one's account is bound to an identity at the provider, and the way out of that. */
export function OwnIdentity({ person }: { person: Person }) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const unbind = async () => {
    setAsking(false);
    try {
      await people.unbindOwn();
      say(t('unbound'));
    } catch (error) {
      say(sentence(error), { bad: true });
    }
    await Promise.all([
      client.invalidateQueries({ queryKey: keys.session }),
      client.invalidateQueries({ queryKey: keys.sessions(person.id) }),
    ]);
  };
  return (
    <section className={css.sheet} data-testid="own-identity">
      <div className={css.sheetHead}>
        <h2>{t('provider')}</h2>
        <Button
          onClick={() => setAsking(true)}
          refused={person.has_password ? null : t('onlyWay')}
          data-testid="identity-unbind"
        >
          {t('unbind')}
        </Button>
      </div>
      <p className={css.nothing}>{t(person.has_password ? 'boundOwn' : 'boundOnly')}</p>
      {asking && (
        <Unbind
          title={t('unbindOwnTitle')}
          text={t('unbindOwnText')}
          onClose={() => setAsking(false)}
          onConfirm={() => void unbind()}
        />
      )}
    </section>
  );
}
