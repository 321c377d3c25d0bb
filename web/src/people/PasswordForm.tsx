import { type FormEvent, useState } from 'react';
import * as api from '../api/endpoints';
import { useWords } from '../language';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { words } from './words';

const SHORTEST = 10;

/** Sets the first password (after a one-time link) or changes it. */
export function PasswordForm({
  first,
  name,
  onDone,
  onLater,
}: {
  first: boolean;
  name: string;
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
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if ([...next].length < SHORTEST) return setFault(t('short'));
    if (next !== again) return setFault(t('differ'));
    setBusy(true);
    setFault(null);
    try {
      await api.setPassword(next, current || undefined);
      say(t('saved'));
      setCurrent('');
      setNext('');
      setAgain('');
      onDone();
    } catch (error) {
      setFault(sentence(error));
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
    hint?: string,
  ) => (
    <Field label={label} hint={hint}>
      {(id) => (
        <input
          id={id}
          className={ui.input}
          style={{ height: 34 }}
          type="password"
          autoComplete={complete}
          value={value}
          onChange={(e) => set(e.target.value)}
          data-testid={testId}
        />
      )}
    </Field>
  );
  return (
    <form onSubmit={(e) => void submit(e)} style={{ display: 'grid', gap: 14 }} data-testid="password-form">
      {first && <p>{t('setText', { name })}</p>}
      {!first &&
        field(t('current'), current, setCurrent, 'current-password', 'password-current', t('currentHint'))}
      {field(t('newPassword'), next, setNext, 'new-password', 'password-new', t('short'))}
      {field(t('again'), again, setAgain, 'new-password', 'password-again')}
      {fault && <Notice tone="bad">{fault}</Notice>}
      <div style={{ display: 'flex', gap: 8 }}>
        <Button
          type="submit"
          tone="primary"
          disabled={busy}
          style={{ flex: 1, height: 34 }}
          data-testid="password-save"
        >
          {t('save')}
        </Button>
        {onLater && (
          <Button onClick={onLater} style={{ height: 34 }} data-testid="password-later">
            {t('later')}
          </Button>
        )}
      </div>
    </form>
  );
}
