// What is said about a survey: what for, how, from when to when. Of one to begin, or of an open one.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { openSurvey, type Survey, type SurveyHead, surveyKeys, updateSurvey } from '../api/surveys';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import css from './surveys.module.css';
import { words } from './words';

const lines = (text: string) =>
  text
    .split('\n')
    .map((l) => l.trim())
    .filter(Boolean);

export function DetailsDialog({
  community,
  survey,
  before,
  onClose,
  onDone,
}: {
  community: string;
  /** The open one that is to be changed; without it one begins. */
  survey?: Survey;
  /** The round before, whose contents are likely to be asked again. */
  before?: SurveyHead;
  onClose: () => void;
  onDone: (survey: Survey) => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const from = survey ?? before;
  const [form, setForm] = useState({
    contents: from?.contents.join('\n') ?? '',
    means: from?.means.join('\n') ?? '',
    started_on: survey?.started_on ?? '',
    due_on: survey?.due_on ?? '',
    publicised_from: survey?.publicised_from ?? '',
    publicised_to: survey?.publicised_to ?? '',
    owners_committee: from?.owners_committee ?? '',
    note: survey?.note ?? '',
  });
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const set = (key: keyof typeof form) => (value: string) => setForm((f) => ({ ...f, [key]: value }));
  const send = async () => {
    setBusy(true);
    setFault(null);
    try {
      const texts = {
        contents: lines(form.contents),
        owners_committee: form.owners_committee,
        note: form.note,
      };
      const made = survey
        ? await updateSurvey(district, survey.id, survey.version, {
            ...texts,
            means: lines(form.means),
            started_on: form.started_on,
            due_on: form.due_on,
            publicised_from: form.publicised_from,
            publicised_to: form.publicised_to,
          })
        : await openSurvey(district, {
            ...texts,
            community,
            ...(lines(form.means).length ? { means: lines(form.means) } : {}),
            ...(form.started_on ? { started_on: form.started_on } : {}),
            ...(form.due_on ? { due_on: form.due_on } : {}),
          });
      client.setQueryData([...surveyKeys(district), 'one', made.id], made);
      await client.invalidateQueries({ queryKey: surveyKeys(district) });
      say(t(survey ? 'saved' : 'opened'));
      onDone(made);
    } catch (error) {
      setFault(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  const text = (key: 'contents' | 'means' | 'note', label: string, rows: number, hint?: string) => (
    <Field label={label} hint={hint}>
      {(id) => (
        <textarea
          id={id}
          className={`${ui.input} ${css.lines}`}
          rows={rows}
          value={form[key]}
          onChange={(e) => set(key)(e.target.value)}
          data-testid={`survey-form-${key}`}
        />
      )}
    </Field>
  );
  const day = (key: 'started_on' | 'due_on' | 'publicised_from' | 'publicised_to', label: string) => (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          className={ui.input}
          type="date"
          value={form[key]}
          onChange={(e) => set(key)(e.target.value)}
          data-testid={`survey-form-${key}`}
        />
      )}
    </Field>
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(survey ? 'details' : 'begin')}
      width={520}
      testId="survey-form"
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button tone="primary" disabled={busy} onClick={() => void send()} data-testid="survey-form-send">
            {t(survey ? 'save' : 'begin')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <Notice>{t('privacy')}</Notice>
        {text('contents', t('contents'), 4, t('contentsHint'))}
        {(survey || form.means) && text('means', t('means'), 2, t('meansHint'))}
        <div className={css.pair}>
          {day('started_on', t('startDay'))}
          {day('due_on', t('dueDay'))}
        </div>
        {survey && (
          <div className={css.pair}>
            {day('publicised_from', t('publicFrom'))}
            {day('publicised_to', t('publicTo'))}
          </div>
        )}
        <Field label={t('committee')} hint={t('committeeHint')}>
          {(id) => (
            <input
              id={id}
              className={ui.input}
              value={form.owners_committee}
              onChange={(e) => set('owners_committee')(e.target.value)}
            />
          )}
        </Field>
        {text('note', t('note'), 2)}
        {fault && <Notice tone="bad">{fault}</Notice>}
      </div>
    </Dialog>
  );
}
