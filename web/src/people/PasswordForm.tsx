import { type FormEvent, useState } from 'react';
import * as api from '../api/endpoints';
import { Problem } from '../api/request';
import { useWords } from '../language';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { Icon } from '../ui/icons';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { keeps } from './passwordRules';
import css from './people.module.css';
import { words } from './words';

/** Sets the first password (after a one-time link) or changes it. */
export function PasswordForm({
  first,
  account,
  name,
  confirmed = first,
  onDone,
  onLater,
}: {
  first: boolean;
  /** User name, which may not stand in the password. */
  account: string;
  /** How the person is called. */
  name: string;
  /** The session needs no current password: a one-time link opened it. */
  confirmed?: boolean;
  onDone: () => void;
  onLater?: () => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const kept = keeps(next, again, account);
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if (!kept.long) return setFault(t('short'));
    if (!kept.nameless) return setFault(t('named'));
    if (!kept.same) return setFault(t('differ'));
    setBusy(true);
    setFault(null);
    try {
      await api.setPassword(next, current || undefined);
      say(t(first ? 'saved' : 'savedOthersEnded'));
      setCurrent('');
      setNext('');
      setAgain('');
      onDone();
    } catch (error) {
      const wrong = error instanceof Problem && error.status === 401 && !confirmed;
      setFault(wrong ? t('wrongCurrent') : sentence(error));
    } finally {
      setBusy(false);
    }
  };
  const field = (
    label: string,
    value: string,
    set: (v: string) => void,
    complete: string,
    testId: string,
    describedBy?: string,
  ) => (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          className={`${ui.input} ${css.tall}`}
          type="password"
          autoComplete={complete}
          aria-describedby={describedBy}
          value={value}
          onChange={(e) => set(e.target.value)}
          data-testid={testId}
        />
      )}
    </Field>
  );
  const rule = (key: 'long' | 'nameless' | 'same', text: string) => (
    <li data-kept={kept[key]} data-testid={`rule-${key}`}>
      <Icon name={kept[key] ? 'check' : 'minus'} size={13} />
      {text}
      {kept[key] && <span className={css.unseen}>{t('kept.done')}</span>}
    </li>
  );
  return (
    <form onSubmit={(e) => void submit(e)} className={css.form} data-testid="password-form">
      {first && <p>{t('setText', { name })}</p>}
      {/* Tells the browser's password store whose password this is. */}
      <input type="text" autoComplete="username" value={account} readOnly hidden />
      {!confirmed && field(t('current'), current, setCurrent, 'current-password', 'password-current')}
      {field(t('newPassword'), next, setNext, 'new-password', 'password-new', 'password-rules')}
      {field(t('again'), again, setAgain, 'new-password', 'password-again')}
      <ul className={css.rules} id="password-rules">
        {rule('long', t('rule.long'))}
        {rule('nameless', t('rule.nameless'))}
        {rule('same', t('rule.same'))}
        <li>
          <Icon name="info" size={13} />
          {t('rule.served')}
        </li>
      </ul>
      {fault && <Notice tone="bad">{fault}</Notice>}
      <div className={css.formFoot}>
        <Button
          type="submit"
          tone="primary"
          className={`${css.tallButton} ${css.grow}`}
          disabled={busy}
          data-testid="password-save"
        >
          {t('save')}
        </Button>
        {onLater && (
          <Button onClick={onLater} className={css.tallButton} data-testid="password-later">
            {t('later')}
          </Button>
        )}
      </div>
      {!first && <p className={ui.hint}>{t('othersEnd')}</p>}
    </form>
  );
}
