import { type FormEvent, useState } from 'react';
import type { Access, Person } from '../api/nouns';
import * as people from '../api/people';
import { useDistricts } from '../api/queries';
import { useWords } from '../language';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { Select } from '../ui/Select';
import { Notice, useSentence } from '../ui/State';
import ui from '../ui/ui.module.css';
import { CopyField } from './CopyField';
import css from './people.module.css';
import { accessesOf } from './tokenState';
import { words } from './words';

const lives = ['7', '30', '90', '180', '365'] as const; // days

/** Makes an API token; its text is shown here, once, and nowhere again. */
export function NewToken({
  person,
  onMade,
  onClose,
}: {
  person: Person;
  onMade: () => void;
  onClose: () => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const districts = useDistricts();
  const accesses = accessesOf(person.capabilities);
  const [name, setName] = useState('');
  const [access, setAccess] = useState<Access>('read');
  const [days, setDays] = useState<(typeof lives)[number]>('90');
  const [district, setDistrict] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [text, setText] = useState<string | null>(null);

  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if (!name.trim()) return setFault(t('tokenNameMissing'));
    setBusy(true);
    setFault(null);
    try {
      const made = await people.createToken({
        name: name.trim(),
        access,
        days: Number(days),
        district: district || undefined,
      });
      setText(made.text);
      onMade();
    } catch (error) {
      setFault(sentence(error));
      setBusy(false);
    }
  };

  if (text !== null)
    return (
      <Dialog
        key="made"
        open
        onClose={onClose}
        title={t('tokenMade', { name: name.trim() })}
        width={520}
        testId="token-made"
        foot={
          <Button tone="primary" onClick={onClose} data-testid="token-kept">
            {t('kept')}
          </Button>
        }
      >
        <Notice tone="warn">{t('tokenOnce')}</Notice>
        <CopyField label={t('token')} text={text} testId="token-text" />
        <p className={ui.hint}>
          {t('tokenUse')} <code className={css.mono}>Authorization: Bearer lpt_…</code>
          {t('tokenUseBasic')}
        </p>
      </Dialog>
    );
  return (
    <Dialog
      key="draft"
      open
      onClose={onClose}
      title={t('newToken')}
      width={480}
      testId="token-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" form="new-token" tone="primary" disabled={busy} data-testid="token-save">
            {t('make')}
          </Button>
        </>
      }
    >
      <form id="new-token" onSubmit={(e) => void submit(e)} className={css.form}>
        <Field label={t('tokenFor')} hint={t('tokenForHint')}>
          {(id) => (
            <input
              id={id}
              className={ui.input}
              value={name}
              maxLength={64}
              autoComplete="off"
              onChange={(e) => setName(e.target.value)}
              data-testid="token-name"
            />
          )}
        </Field>
        <div className={ui.field}>
          <span className={ui.label}>{t('access')}</span>
          <div className={css.roles} role="radiogroup" aria-label={t('access')}>
            {accesses.map((a) => (
              <label key={a} className={css.role}>
                <input
                  type="radio"
                  name="access"
                  checked={access === a}
                  onChange={() => setAccess(a)}
                  data-testid={`token-access-${a}`}
                />
                {t(`access.${a}`)}
                <span>{t(`accessAbout.${a}`)}</span>
              </label>
            ))}
          </div>
        </div>
        <div className={css.pair}>
          <Field label={t('life')}>
            {(id) => (
              <Select
                id={id}
                label={t('life')}
                value={days}
                onChange={setDays}
                options={lives.map((d) => ({ value: d, label: t('lifeDays', { days: d }) }))}
                testId="token-days"
              />
            )}
          </Field>
          {!person.district && (
            <Field label={t('tokenDistrict')}>
              {(id) => (
                <Select
                  id={id}
                  label={t('tokenDistrict')}
                  value={district}
                  onChange={setDistrict}
                  options={[
                    { value: '', label: t('everyDistrict') },
                    ...(districts.data ?? []).map((d) => ({ value: d.code, label: d.name })),
                  ]}
                  testId="token-district"
                />
              )}
            </Field>
          )}
        </div>
        <p className={ui.hint}>{t('tokenBounds')}</p>
        {fault && <Notice tone="bad">{fault}</Notice>}
      </form>
    </Dialog>
  );
}
