import { type FormEvent, useState } from 'react';
import type { IdleBuilding } from '../api/nouns';
import { Problem } from '../api/request';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { Select } from '../ui/Select';
import { DemoMark, Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { changeOf, type IdleField, idleFields, owners, type Typed, textOf } from './idle';
import { idleWords } from './idleWords';
import own from './registry.module.css';
import { useEditIdleBuilding } from './useEditIdleBuilding';

const units: Partial<Record<IdleField, string>> = { floor_area_m2: 'm²' };

/** Edits the facts; only what changed is sent, based on the version that was shown. */
export function IdleBuildingForm({ building, onDone }: { building: IdleBuilding; onDone: () => void }) {
  const t = useWords(idleWords);
  const sentence = useSentence();
  const patch = useEditIdleBuilding();
  const [base, setBase] = useState(building);
  const [typed, setTyped] = useState<Typed>({});
  const [wrong, setWrong] = useState<IdleField[]>([]);
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const generated = new Set(base.generated ?? []);

  const submit = async (e: FormEvent) => {
    e.preventDefault();
    const { change, wrong: faults } = changeOf(base, typed);
    setWrong(faults);
    if (faults.length) return;
    if (Object.keys(change).length === 0) return onDone();
    setBusy(true);
    setFault(null);
    try {
      const saved = await patch(base, change);
      say(t('saved', { name: saved.name || t('unnamed') }));
      onDone();
    } catch (error) {
      if (error instanceof Problem && error.conflict && isIdleBuilding(error.current)) {
        setBase(error.current);
        setFault(t('conflict'));
      } else setFault(sentence(error));
    } finally {
      setBusy(false);
    }
  };

  const control = (field: IdleField, id: string) => {
    const value = typed[field] ?? textOf(base, field);
    const set = (next: string) => setTyped((before) => ({ ...before, [field]: next }));
    const testId = `idle-edit-${field}`;
    if (field === 'owner_kind')
      return (
        <Select
          id={id}
          label={t(field)}
          value={value}
          onChange={set}
          options={owners.map((o) => ({ value: o, label: t(`owner.${o}`) }))}
          testId={testId}
        />
      );
    if (field === 'remark')
      return (
        <textarea
          id={id}
          className={ui.input}
          rows={2}
          value={value}
          onChange={(e) => set(e.target.value)}
          data-testid={testId}
        />
      );
    return (
      <input
        id={id}
        className={ui.input}
        type={field === 'available_from' ? 'date' : 'text'}
        inputMode={field === 'floor_area_m2' || field === 'storeys' ? 'decimal' : undefined}
        aria-invalid={wrong.includes(field) ? true : undefined}
        value={value}
        onChange={(e) => set(e.target.value)}
        data-testid={testId}
      />
    );
  };

  return (
    <>
      <div className={own.title}>
        <h2>
          {t('edit')} · {base.name || t('unnamed')}
        </h2>
      </div>
      <form
        id="idle-form"
        className={`${css.scroll} ${own.form}`}
        onSubmit={(e) => void submit(e)}
        data-testid="idle-form"
      >
        {idleFields.map((field) => (
          <Field
            key={field}
            label={units[field] ? `${t(field)}（${units[field]}）` : t(field)}
            mark={generated.has(field) ? <DemoMark /> : undefined}
            fault={
              wrong.includes(field) ? t(field === 'storeys' ? 'invalidStoreys' : 'invalidNumber') : undefined
            }
          >
            {(id) => control(field, id)}
          </Field>
        ))}
      </form>
      <div className={css.foot} style={{ display: 'grid' }}>
        {fault && <Notice tone="bad">{fault}</Notice>}
        <div style={{ display: 'flex', gap: 8 }}>
          <Button
            type="submit"
            form="idle-form"
            tone="primary"
            disabled={busy}
            style={{ flex: 1 }}
            data-testid="idle-save"
          >
            {busy ? t('saving') : t('save')}
          </Button>
          <Button onClick={onDone} data-testid="idle-cancel">
            {t('cancel')}
          </Button>
        </div>
      </div>
    </>
  );
}

function isIdleBuilding(value: unknown): value is IdleBuilding {
  return typeof value === 'object' && value !== null && 'use_before' in value && 'version' in value;
}
