import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { PhaseStored } from '../api/nouns';
import * as api from '../api/phases';
import { keys } from '../api/queries';
import { Problem } from '../api/request';
import frame from '../frame/frame.module.css';
import { useWords } from '../language';
import { moment } from '../language/format';
import { Button, IconButton } from '../ui/Button';
import { Field } from '../ui/Field';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import css from './phases.module.css';
import { SettingsConflict } from './SettingsConflict';
import {
  type Draft,
  draftOf,
  type Fault,
  MOST_YEARS,
  type Other,
  readSettings,
  withRow,
  withTargets,
  withYear,
  type YearField,
} from './settings';
import { useTrial } from './trial';
import type { Phases } from './usePhases';
import { words } from './words';

const fields: readonly YearField[] = ['year', 'budget', 'communities', 'area'];
const others: readonly Other[] = ['discount', 'continuation', 'consent', 'unready'];
/** How many years the service suggests at once. */
const SUGGESTED = 3;

export function SettingsForm({ phases, stored }: { phases: Phases; stored: PhaseStored }) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const { district, code, mayTry } = phases;
  const typed = useTrial((s) => s.draft);
  const setDraft = useTrial((s) => s.setDraft);
  const [seen, setSeen] = useState(stored);
  const [more, setMore] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [theirs, setTheirs] = useState<PhaseStored | null>(null);
  // Nothing typed: the form follows the server. Otherwise the save is based on what the person began with.
  if (!typed && seen !== stored) setSeen(stored);

  const draft = typed ?? draftOf(stored.settings);
  const read = readSettings(draft);
  const fault = typed && 'fault' in read ? read.fault : null;
  const dirty = phases.typed !== null || fault !== null;
  const change = (next: Draft) => {
    setProblem(null);
    setDraft(next);
  };

  const save = async (version: number) => {
    if (!code || !('settings' in read)) return;
    setBusy(true);
    setProblem(null);
    try {
      const saved = await api.savePhasing(district, code, version, read.settings);
      client.setQueryData(api.phaseKeys.settings(district, code), saved);
      setTheirs(null);
      setSeen(saved);
      setDraft(null);
      await client.invalidateQueries({ queryKey: keys.scenarios(district) });
      say(t('saved'));
    } catch (error) {
      if (error instanceof Problem && error.conflict && isStored(error.current)) setTheirs(error.current);
      else setProblem(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  const fromPolicy = async () => {
    if (!code) return;
    const first = Number(draft.years[0]?.year);
    const last = Number(draft.years.at(-1)?.year);
    if (!Number.isInteger(first) || !Number.isInteger(last)) return setProblem(t('fault.year'));
    setBusy(true);
    setProblem(null);
    try {
      const asked: number[] = [];
      for (let y = first; y <= last && asked.length < MOST_YEARS; y += SUGGESTED) asked.push(y);
      const given = await Promise.all(asked.map((y) => api.phasing(district, code, y)));
      const next = withTargets(
        draft,
        given.flatMap((g) => g.settings.years),
      );
      if (!next) return setProblem(t('noTargets', { first, last }));
      change(next);
      say(t('tookTargets'));
    } catch (error) {
      setProblem(sentence(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      className={frame.section}
      onSubmit={(e) => {
        e.preventDefault();
        void save(seen.version);
      }}
      data-testid="phases-settings"
    >
      <h3>
        {t('settings')}
        {stored.version === 0 ? (
          <span className={css.quiet}>{t('suggested')}</span>
        ) : (
          <span className={css.quiet}>
            {t('by', { who: stored.updated_by || t('someone'), when: moment(stored.updated_at) })}
          </span>
        )}
      </h3>
      <fieldset className={css.years} disabled={!mayTry}>
        <div className={css.yearHead} aria-hidden="true">
          {fields.map((f) => (
            <span key={f}>{t(f)}</span>
          ))}
        </div>
        {draft.years.map((y, row) => (
          // A row is the year at that place; its own year changes while it is typed.
          <div key={`row-${row.toString()}`} className={css.yearRow}>
            {fields.map((f) => (
              <input
                key={f}
                className={ui.input}
                inputMode="decimal"
                value={y[f]}
                aria-label={t('rowLabel', { year: y.year, what: t(f) })}
                aria-invalid={isAt(fault, f, row) || undefined}
                onChange={(e) => change(withRow(draft, row, { [f]: e.target.value }))}
                data-testid={`phases-${f}-${row}`}
              />
            ))}
            <IconButton
              icon="close"
              small
              label={t('removeYear', { year: y.year })}
              disabled={draft.years.length < 2}
              onClick={() => change({ ...draft, years: draft.years.filter((_, i) => i !== row) })}
            />
            {y.source && (
              <p className={css.source} title={y.source} data-testid={`phases-source-${row}`}>
                {t('source', { source: y.source })}
              </p>
            )}
          </div>
        ))}
        <div className={frame.row}>
          <Button
            small
            tone="ghost"
            icon="plus"
            disabled={draft.years.length >= MOST_YEARS}
            onClick={() => change(withYear(draft))}
            data-testid="phases-add-year"
          >
            {t('addYear')}
          </Button>
          <Button
            small
            tone="ghost"
            icon="file"
            disabled={busy}
            onClick={() => void fromPolicy()}
            data-testid="phases-from-policy"
          >
            {t('fromPolicy')}
          </Button>
        </div>
        <p className={ui.hint}>{t('settingsText')}</p>
        <Button
          small
          tone="ghost"
          icon={more ? 'up' : 'down'}
          aria-expanded={more}
          className={css.more}
          onClick={() => setMore(!more)}
          data-testid="phases-more"
        >
          {t('more')}
        </Button>
        {more && (
          <div className={frame.two}>
            {others.map((f) => (
              <Field
                key={f}
                label={t(f)}
                hint={t(`${f}Hint`)}
                fault={fault?.field === f ? t(`fault.${f}`) : null}
              >
                {(id) => (
                  <input
                    id={id}
                    className={ui.input}
                    inputMode="decimal"
                    value={draft[f]}
                    aria-invalid={fault?.field === f || undefined}
                    onChange={(e) => change({ ...draft, [f]: e.target.value })}
                    data-testid={`phases-${f}`}
                  />
                )}
              </Field>
            ))}
          </div>
        )}
      </fieldset>
      {fault?.row !== null && fault && (
        <span className={ui.fault} data-testid="phases-settings-fault">
          {t(`fault.${fault.field}`)}
        </span>
      )}
      {problem && <Notice tone="bad">{problem}</Notice>}
      {dirty && !fault && <Notice>{t('unsaved')}</Notice>}
      {mayTry && (dirty || stored.version === 0) && (
        <div className={css.formFoot}>
          <Button disabled={busy || !typed} onClick={() => setDraft(null)} data-testid="phases-reset">
            {t('reset')}
          </Button>
          <Button tone="primary" type="submit" disabled={busy || fault !== null} data-testid="phases-save">
            {busy ? t('saving') : t('save')}
          </Button>
        </div>
      )}
      {theirs && 'settings' in read && (
        <SettingsConflict
          mine={read.settings}
          theirs={theirs}
          onClose={() => setTheirs(null)}
          onMine={() => save(theirs.version)}
          onTheirs={() => {
            client.setQueryData(api.phaseKeys.settings(district, code), theirs);
            setDraft(null);
            setTheirs(null);
          }}
        />
      )}
    </form>
  );
}

const isAt = (fault: Fault | null, field: YearField, row: number): boolean =>
  fault !== null &&
  fault.row === row &&
  (fault.field === field || (fault.field === 'order' && field === 'year'));

function isStored(value: unknown): value is PhaseStored {
  return typeof value === 'object' && value !== null && 'settings' in value && 'version' in value;
}
