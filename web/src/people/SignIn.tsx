import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import * as api from '../api/endpoints';
import type { Person } from '../api/nouns';
import { keys } from '../api/queries';
import { Problem } from '../api/request';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { Logo } from '../ui/icons';
import { Notice, useSentence } from '../ui/State';
import ui from '../ui/ui.module.css';
import { PasswordForm } from './PasswordForm';
import css from './people.module.css';
import { failedVisit, pageNow } from './visit';
import { words } from './words';

/** Name and password, or the one-time link of the address followed by the offer to set a password. */
export default function SignIn() {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const [path, go] = useLocation();
  const { language, setLanguage } = useWorkbench();
  const [token, setToken] = useState(() =>
    path === '/sign-in' ? new URLSearchParams(location.search).get('token') : null,
  );
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [linkBad, setLinkBad] = useState(false);
  const [welcome, setWelcome] = useState<Person | null>(null);
  const asked = useRef(false);
  const provider = useQuery({ queryKey: keys.provider, queryFn: api.signInProvider, staleTime: Infinity, retry: false });
  const [failed, setFailed] = useState(() => (path === '/sign-in' ? failedVisit(location.search) : null));

  const enter = (person: Person) => {
    client.setQueryData(keys.session, person);
    void client.invalidateQueries({ predicate: (q) => q.queryKey[0] !== 'session' });
    if (path === '/sign-in') go('/', { replace: true });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a token works once and is posted once
  useEffect(() => {
    if (!token || asked.current) return;
    asked.current = true;
    api.signInByLink(token).then(
      (person) => {
        history.replaceState(null, '', '/sign-in');
        setWelcome(person);
      },
      (error: unknown) => {
        setToken(null);
        if (error instanceof Problem && !error.offline) setLinkBad(true);
        else setFault(sentence(error));
      },
    );
  }, [token]);

  const submit = async (e: FormEvent) => {
    e.preventDefault();
    setBusy(true);
    setFault(null);
    try {
      enter(await api.signIn(name.trim(), password));
    } catch (error) {
      const status = error instanceof Problem ? error.status : 0;
      setFault(status === 401 ? t('wrong') : status === 429 ? t('tooMany') : sentence(error));
      setBusy(false);
    }
  };

  const visit = async () => {
    setBusy(true);
    setFault(null);
    setFailed(null);
    try {
      location.assign((await api.visitProvider(pageNow(location))).url);
    } catch (error) {
      setFault(sentence(error));
      setBusy(false);
    }
  };

  return (
    <main className={css.door}>
      <button
        type="button"
        className={`${ui.button} ${ui.ghost} ${css.language}`}
        onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
      >
        {language === 'zh' ? 'English' : '中文'}
      </button>
      <div className={css.card} data-testid="sign-in">
        <div className={css.logo}>
          <Logo size={40} />
          <div>
            <strong>连片</strong>
            <span>{t('slogan')}</span>
          </div>
        </div>
        {welcome ? (
          <PasswordForm
            first
            name={welcome.display_name || welcome.name}
            onDone={() => enter(welcome)}
            onLater={() => enter(welcome)}
          />
        ) : token ? (
          <div className={ui.state} role="status">
            <i className={ui.spinner} />
            {t('linkSigning')}
          </div>
        ) : (
          <form onSubmit={(e) => void submit(e)}>
            {linkBad && (
              <Notice tone="warn">
                <strong>{t('linkBad')}</strong>
                <br />
                {t('linkBadText')}
              </Notice>
            )}
            {failed && <Notice tone="warn">{t(`failed.${failed}`)}</Notice>}
            <Field label={t('name')}>
              {(id) => (
                <input
                  id={id}
                  className={ui.input}
                  style={{ height: 36 }}
                  autoComplete="username"
                  // biome-ignore lint/a11y/noAutofocus: the page has nothing else to do
                  autoFocus
                  required
                  value={name}
                  onChange={(e) => setName(e.target.value)}
                  data-testid="sign-in-name"
                />
              )}
            </Field>
            <Field label={t('password')}>
              {(id) => (
                <input
                  id={id}
                  className={ui.input}
                  style={{ height: 36 }}
                  type="password"
                  autoComplete="current-password"
                  required
                  value={password}
                  onChange={(e) => setPassword(e.target.value)}
                  data-testid="sign-in-password"
                />
              )}
            </Field>
            {fault && <Notice tone="bad">{fault}</Notice>}
            <Button type="submit" tone="primary" large wide disabled={busy} data-testid="sign-in-submit">
              {t('signIn')}
            </Button>
            {provider.data?.offered && (
              <>
                <div className={css.or}>{t('or')}</div>
                <Button large wide disabled={busy} onClick={() => void visit()} data-testid="sign-in-provider">
                  {t('byProvider', { label: provider.data.label || t('provider') })}
                </Button>
              </>
            )}
            <p className={css.help}>{t('help')}</p>
          </form>
        )}
      </div>
    </main>
  );
}
