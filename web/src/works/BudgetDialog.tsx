import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keys } from '../api/queries';
import * as api from '../api/works';
import { useWords } from '../language';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { figure, typed } from './sums';
import { words } from './words';

const WAN = 10_000;

/** What may be spent of the pool in a year. */
export function BudgetDialog({
  district,
  year,
  onClose,
}: {
  district: string;
  year: api.PoolYear;
  onClose: () => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const [budget, setBudget] = useState(typed(year.budget_yuan === null ? null : year.budget_yuan / WAN));
  const [note, setNote] = useState(year.note);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const value = figure(budget);
  const save = async () => {
    if (value === undefined) return;
    setBusy(true);
    try {
      await api.setBudget(district, year.year, year.version, value === null ? null : value * WAN, note);
      await client.invalidateQueries({ queryKey: keys.funds(district) });
      say(t('saved'));
      onClose();
    } catch (error) {
      setProblem(sentence(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`${t('year', { year: year.year })} ${t('budget')}`}
      width={380}
      testId="budget"
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            tone="primary"
            disabled={busy || value === undefined}
            onClick={() => void save()}
            data-testid="budget-save"
          >
            {t('save')}
          </Button>
        </>
      }
    >
      {problem && <Notice tone="bad">{problem}</Notice>}
      <Field label={t('budgetLabel')}>
        {(id) => (
          <input
            id={id}
            className={ui.input}
            inputMode="decimal"
            value={budget}
            aria-invalid={value === undefined || undefined}
            onChange={(e) => setBudget(e.target.value)}
            data-testid="budget-wan"
          />
        )}
      </Field>
      <Field label={t('note')}>
        {(id) => (
          <input id={id} className={ui.input} value={note} onChange={(e) => setNote(e.target.value)} />
        )}
      </Field>
    </Dialog>
  );
}
