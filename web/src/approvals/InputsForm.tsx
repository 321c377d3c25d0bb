// What a project's approval is decided by, one row per input that the policy asks for.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApprovalFile, type ApprovalInput, saveApproval } from '../api/approvals';
import { keys } from '../api/queries';
import { Problem } from '../api/request';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Checkbox, Segments } from '../ui/Field';
import { Select } from '../ui/Select';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import own from './approvals.module.css';
import { arises, type Read, type Typed, toggled, type Value } from './draft';
import { words } from './words';

export function InputsForm({
  code,
  file,
  typed,
  read,
  dirty,
  refused,
  trialError,
  onChange,
}: {
  code: string;
  file: ApprovalFile;
  typed: Typed;
  read: Read;
  dirty: boolean;
  refused: string | null;
  trialError: unknown;
  onChange: (typed: Typed | null) => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [theirs, setTheirs] = useState<ApprovalFile | null>(null);
  const change = (key: string, value: Value) => {
    setProblem(null);
    onChange({ ...typed, draft: { ...typed.draft, [key]: value } });
  };
  const keep = (now: ApprovalFile) => client.setQueryData([...keys.approvals(district), 'file', code], now);
  const save = async (version: number) => {
    setBusy(true);
    setProblem(null);
    try {
      keep(await saveApproval(district, code, version, read.inputs, typed.start || null));
      setTheirs(null);
      onChange(null);
      say(t('saved'));
    } catch (error) {
      if (error instanceof Problem && error.conflict && error.current)
        setTheirs(error.current as ApprovalFile);
      else setProblem(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  const faulty = Object.keys(read.faults).length > 0;
  const said = problem ?? (trialError ? sentence(trialError) : null);
  return (
    <form
      className={own.inputs}
      onSubmit={(e) => {
        e.preventDefault();
        if (!refused && !faulty) void save(file.version);
      }}
      data-testid="approval-inputs"
    >
      <h3>{t('basis')}</h3>
      <p className={ui.hint}>{t('basisHint')}</p>
      <fieldset className={own.rows} disabled={refused !== null}>
        {file.asked
          .filter((input) => arises(input, typed.draft))
          .map((input) => (
            <InputRow
              key={input.key}
              input={input}
              value={typed.draft[input.key] ?? null}
              fault={read.faults[input.key] ? t(read.faults[input.key] ?? 'notNumber') : null}
              known={file.known.find((k) => k.input === input.key) ?? null}
              onChange={(value) => change(input.key, value)}
            />
          ))}
        <label className={own.row}>
          <span>
            {t('startOn')}
            <small>{t('startHint')}</small>
          </span>
          <input
            type="date"
            className={ui.input}
            value={typed.start}
            onChange={(e) => onChange({ ...typed, start: e.target.value })}
            data-testid="approval-start"
          />
        </label>
      </fieldset>
      {said && <Notice tone="bad">{said}</Notice>}
      {theirs && (
        <Notice tone="warn">
          {t('conflict')}
          <span className={own.choices}>
            <Button
              small
              onClick={() => {
                keep(theirs);
                setTheirs(null);
                onChange(null);
              }}
              data-testid="approval-take-theirs"
            >
              {t('takeTheirs')}
            </Button>
            <Button small onClick={() => void save(theirs.version)} data-testid="approval-keep-mine">
              {t('keepMine')}
            </Button>
          </span>
        </Notice>
      )}
      <div className={own.foot}>
        {dirty && <span className={ui.hint}>{t('unsaved')}</span>}
        {dirty && (
          <Button small tone="ghost" onClick={() => onChange(null)}>
            {t('discard')}
          </Button>
        )}
        <Button
          tone="primary"
          type="submit"
          refused={refused}
          disabled={busy || faulty || (!dirty && file.version > 0 && !file.outdated)}
          data-testid="approval-save"
        >
          {t('save')}
        </Button>
      </div>
    </form>
  );
}

function InputRow({
  input,
  value,
  fault,
  known,
  onChange,
}: {
  input: ApprovalInput;
  value: Value;
  fault: string | null;
  known: ApprovalFile['known'][number] | null;
  onChange: (value: Value) => void;
}) {
  const t = useWords(words);
  const id = `approval-${input.key}`;
  const other = known && String(known.value) !== value;
  return (
    <div className={input.type === 'set' ? own.wideRow : own.row} data-testid={`input-${input.key}`}>
      <label htmlFor={id}>
        {input.name}
        {input.note && <small>{input.note}</small>}
        {known && (
          <small>
            {t('known', {
              source: t(`source.${known.source}`),
              value: String(known.value),
              unit: input.unit ?? '',
            })}
            {other && (
              <button type="button" className={own.take} onClick={() => onChange(String(known.value))}>
                {t('take')}
              </button>
            )}
          </small>
        )}
        {fault && <small className={ui.fault}>{fault}</small>}
      </label>
      <Control id={id} input={input} value={value} fault={fault} onChange={onChange} />
    </div>
  );
}

function Control({
  id,
  input,
  value,
  fault,
  onChange,
}: {
  id: string;
  input: ApprovalInput;
  value: Value;
  fault: string | null;
  onChange: (value: Value) => void;
}) {
  const t = useWords(words);
  const values = input.values ?? [];
  const nameOf = (v: string) => input.names?.[values.indexOf(v)] ?? v;
  if (input.type === 'number')
    return (
      <span className={own.figure}>
        <input
          id={id}
          className={ui.input}
          inputMode="decimal"
          value={String(value ?? '')}
          aria-invalid={fault !== null}
          onChange={(e) => onChange(e.target.value)}
        />
        <em>{input.unit}</em>
      </span>
    );
  if (input.type === 'boolean')
    return (
      <Segments
        label={input.name}
        value={String(value ?? '')}
        options={[
          { value: 'yes', label: t('yes') },
          { value: 'no', label: t('no') },
          { value: '', label: t('unknown') },
        ]}
        onChange={onChange}
        testId={id}
      />
    );
  if (input.type === 'choice')
    return (
      <Select
        id={id}
        label={input.name}
        value={String(value ?? '')}
        options={[{ value: '', label: t('unknown') }, ...values.map((v) => ({ value: v, label: nameOf(v) }))]}
        onChange={onChange}
        testId={id}
      />
    );
  const set: readonly string[] = Array.isArray(value) ? value : [];
  return (
    <span className={own.set}>
      {values.map((v) => (
        <Checkbox
          key={v}
          checked={set.includes(v)}
          onChange={() => {
            const now = toggled(value, v, values);
            onChange(now.length > 0 ? now : null);
          }}
          testId={`${id}-${v}`}
        >
          {nameOf(v)}
        </Checkbox>
      ))}
      <Checkbox
        checked={value !== null && set.length === 0}
        onChange={(on) => onChange(on ? [] : null)}
        testId={`${id}-none`}
      >
        {t('none')}
      </Checkbox>
    </span>
  );
}
