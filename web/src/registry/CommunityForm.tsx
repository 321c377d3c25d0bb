import { type FormEvent, useState } from 'react';
import type { Community } from '../api/nouns';
import { Problem } from '../api/request';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { Button } from '../ui/Button';
import { Field, Segments } from '../ui/Field';
import { Select } from '../ui/Select';
import { DemoMark, Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { CommunityConflict } from './CommunityConflict';
import { type FieldDef, type FieldKey, factOf, fields, type Patch, parse, sameValue, toText } from './fields';
import own from './registry.module.css';
import { useEditCommunity } from './useEditCommunity';
import { words } from './words';

/** Edits the facts; only what changed is sent, based on the version that was shown. */
export function CommunityForm({ community, onDone }: { community: Community; onDone: () => void }) {
  const t = useWords(words);
  const sentence = useSentence();
  const { patch } = useEditCommunity();
  // The form keeps the community it began with: what arrives meanwhile must not change it under the person's hands.
  const [base] = useState(community);
  const [text, setText] = useState<Partial<Record<FieldKey, string>>>({});
  const [faults, setFaults] = useState<Partial<Record<FieldKey, string>>>({});
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [theirs, setTheirs] = useState<{ now: Community; change: Patch } | null>(null);
  const generated = new Set(base.generated ?? []);

  const submit = async (e: FormEvent) => {
    e.preventDefault();
    const change: Patch = {};
    const wrong: Partial<Record<FieldKey, string>> = {};
    for (const def of fields) {
      const typed = text[def.key];
      if (typed === undefined) continue;
      const parsed = parse(def, typed);
      if ('fault' in parsed) wrong[def.key] = parsed.fault === 'nameNeeded' ? t('name') : t(parsed.fault);
      else if (!sameValue(parsed.value, factOf(base, def.key))) change[def.key] = parsed.value;
    }
    setFaults(wrong);
    if (Object.keys(wrong).length) return;
    if (Object.keys(change).length === 0) return onDone();
    setBusy(true);
    setFault(null);
    try {
      const saved = await patch(base, change);
      say(t('saved', { name: saved.name }));
      onDone();
    } catch (error) {
      if (error instanceof Problem && error.conflict && isCommunity(error.current))
        setTheirs({ now: error.current, change });
      else setFault(sentence(error));
    } finally {
      setBusy(false);
    }
  };

  const control = (def: FieldDef, id: string) => {
    const value = text[def.key] ?? toText(def, factOf(base, def.key));
    const set = (next: string) => setText((before) => ({ ...before, [def.key]: next }));
    if (def.type === 'flag')
      return (
        <Segments
          label={t(def.label)}
          value={value}
          onChange={set}
          testId={`edit-${def.key}`}
          options={[
            { value: 'true', label: t('yes') },
            { value: 'false', label: t('no') },
            { value: '', label: t('unknown') },
          ]}
        />
      );
    if (def.choices)
      return (
        <Select
          id={id}
          label={t(def.label)}
          value={value}
          onChange={set}
          options={def.choices.map((c) => ({ value: c.value, label: t(c.label) }))}
          testId={`edit-${def.key}`}
        />
      );
    if (def.type === 'long')
      return (
        <textarea
          id={id}
          className={ui.input}
          rows={2}
          value={value}
          onChange={(e) => set(e.target.value)}
          data-testid={`edit-${def.key}`}
        />
      );
    return (
      <input
        id={id}
        className={ui.input}
        value={value}
        inputMode={def.type === 'text' || def.type === 'list' ? undefined : 'decimal'}
        aria-invalid={faults[def.key] ? true : undefined}
        onChange={(e) => set(e.target.value)}
        data-testid={`edit-${def.key}`}
      />
    );
  };

  return (
    <>
      <div className={own.title}>
        <h2>
          {t('edit')} · {base.name}
        </h2>
      </div>
      <form
        id="community-form"
        className={`${css.scroll} ${own.form}`}
        onSubmit={(e) => void submit(e)}
        data-testid="community-form"
      >
        {fields.map((def) => (
          <Field
            key={def.key}
            label={def.unit ? `${t(def.label)}（${def.unit}）` : t(def.label)}
            mark={generated.has(def.key) ? <DemoMark /> : undefined}
            fault={faults[def.key]}
            hint={def.type === 'list' ? t('listHint') : undefined}
          >
            {(id) => control(def, id)}
          </Field>
        ))}
      </form>
      <div className={css.foot} style={{ display: 'grid' }}>
        {fault && <Notice tone="bad">{fault}</Notice>}
        <div style={{ display: 'flex', gap: 8 }}>
          <Button
            type="submit"
            form="community-form"
            tone="primary"
            disabled={busy}
            style={{ flex: 1 }}
            data-testid="community-save"
          >
            {busy ? t('saving') : t('save')}
          </Button>
          <Button onClick={onDone} data-testid="community-cancel">
            {t('cancel')}
          </Button>
        </div>
      </div>
      {theirs && (
        <CommunityConflict
          theirs={theirs.now}
          change={theirs.change}
          onClose={() => setTheirs(null)}
          onTheirs={onDone}
          onSave={async (chosen) => {
            if (Object.keys(chosen).length) await patch(theirs.now, chosen, theirs.now.version);
            onDone();
          }}
        />
      )}
    </>
  );
}

function isCommunity(value: unknown): value is Community {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    'version' in value &&
    'eligibility' in value
  );
}
