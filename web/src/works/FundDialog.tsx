// Money comes into the pool, with what it may be spent on.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keys, useSubdistricts } from '../api/queries';
import * as api from '../api/works';
import { useWords } from '../language';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Checkbox, Field } from '../ui/Field';
import { Select } from '../ui/Select';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { figure, typed } from './sums';
import { words } from './words';
import css from './works.module.css';

const WAN = 10_000;
const sources = ['central', 'municipal', 'district', 'bonds', 'society', 'pipelines', 'residents'] as const;
type Source = (typeof sources)[number];
const libraries = ['comprehensive', 'management'] as const;

export function FundDialog({
  district,
  year,
  fund,
  categories,
  onClose,
}: {
  district: string;
  year: number;
  fund: api.Fund | null;
  categories: readonly { key: string; name: string }[];
  onClose: () => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const subdistricts = useSubdistricts(district);
  const [name, setName] = useState(fund?.name ?? '');
  const [source, setSource] = useState<Source>(fund?.source ?? 'central');
  const [amount, setAmount] = useState(typed(fund ? fund.amount_yuan / WAN : null));
  const [of, setOf] = useState(String(fund?.year ?? year));
  const [note, setNote] = useState(fund?.note ?? '');
  const [restriction, setRestriction] = useState(fund?.restriction ?? {});
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const value = figure(amount);
  const valid = name.trim() !== '' && typeof value === 'number' && /^\d{4}$/.test(of);
  const run = async (act: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(null);
    try {
      await act();
      await client.invalidateQueries({ queryKey: keys.funds(district) });
      say(t('saved'));
      onClose();
    } catch (error) {
      setProblem(sentence(error));
      setBusy(false);
    }
  };
  const save = () =>
    run(() => {
      const body: api.FundDraft = {
        name: name.trim(),
        source,
        year: Number(of),
        amount_yuan: (value ?? 0) * WAN,
        restriction,
        note,
      };
      return fund ? api.changeFund(district, fund.code, fund.version, body) : api.addFund(district, body);
    });
  const toggle = (key: 'libraries' | 'categories' | 'subdistrict_codes', code: string, on: boolean) => {
    const had: readonly string[] = restriction[key] ?? [];
    setRestriction({ ...restriction, [key]: on ? [...had, code] : had.filter((c) => c !== code) });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('fundTitle')}
      width={520}
      testId="fund-dialog"
      foot={
        <>
          {fund && (
            <Button
              tone="danger"
              icon="trash"
              disabled={busy}
              onClick={() => void run(() => api.dropFund(district, fund.code, fund.version))}
              data-testid="fund-remove"
            >
              {t('remove')}
            </Button>
          )}
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            tone="primary"
            disabled={busy || !valid}
            onClick={() => void save()}
            data-testid="fund-save"
          >
            {t('save')}
          </Button>
        </>
      }
    >
      {problem && <Notice tone="bad">{problem}</Notice>}
      <Field label={t('fundName')}>
        {(id) => (
          <input
            id={id}
            className={ui.input}
            value={name}
            onChange={(e) => setName(e.target.value)}
            data-testid="fund-name"
          />
        )}
      </Field>
      <div className={css.three}>
        <Field label={t('fundSource')}>
          {(id) => (
            <Select<Source>
              id={id}
              label={t('fundSource')}
              value={source}
              options={sources.map((s) => ({ value: s, label: t(`source.${s}`) }))}
              onChange={setSource}
              testId="fund-source"
            />
          )}
        </Field>
        <Field label={t('fundAmount')}>
          {(id) => (
            <input
              id={id}
              className={ui.input}
              inputMode="decimal"
              value={amount}
              aria-invalid={value === undefined || undefined}
              onChange={(e) => setAmount(e.target.value)}
              data-testid="fund-amount"
            />
          )}
        </Field>
        <Field label={t('fundYear')}>
          {(id) => (
            <input
              id={id}
              className={ui.input}
              inputMode="numeric"
              value={of}
              onChange={(e) => setOf(e.target.value)}
            />
          )}
        </Field>
      </div>
      <fieldset className={css.restriction}>
        <legend>{t('restriction')}</legend>
        <Choices
          name={t('libraries')}
          options={libraries.map((key) => ({ key, name: t(key) }))}
          chosen={restriction.libraries ?? []}
          onToggle={(key, on) => toggle('libraries', key, on)}
        />
        <Choices
          name={t('categories')}
          options={categories}
          chosen={restriction.categories ?? []}
          onToggle={(key, on) => toggle('categories', key, on)}
        />
        <Choices
          name={t('subdistricts')}
          options={(subdistricts.data ?? []).map((s) => ({ key: s.code, name: s.name }))}
          chosen={restriction.subdistrict_codes ?? []}
          onToggle={(key, on) => toggle('subdistrict_codes', key, on)}
        />
        <Checkbox
          checked={restriction.central_subsidy ?? false}
          onChange={(on) => setRestriction({ ...restriction, central_subsidy: on })}
        >
          {t('central')}
        </Checkbox>
      </fieldset>
      <Field label={t('note')}>
        {(id) => (
          <input id={id} className={ui.input} value={note} onChange={(e) => setNote(e.target.value)} />
        )}
      </Field>
    </Dialog>
  );
}

function Choices({
  name,
  options,
  chosen,
  onToggle,
}: {
  name: string;
  options: readonly { key: string; name: string }[];
  chosen: readonly string[];
  onToggle: (key: string, on: boolean) => void;
}) {
  if (options.length === 0) return null;
  return (
    <div className={css.choices}>
      <span>{name}</span>
      <div>
        {options.map((o) => (
          <Checkbox key={o.key} checked={chosen.includes(o.key)} onChange={(on) => onToggle(o.key, on)}>
            {o.name}
          </Checkbox>
        ))}
      </div>
    </div>
  );
}
