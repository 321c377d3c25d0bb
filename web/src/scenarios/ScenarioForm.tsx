// One scenario: its name, note and rules as a form, and what can be done to it.
import { useEffect, useState } from 'react';
import type { Scenario } from '../api/nouns';
import { Problem } from '../api/request';
import { useWords } from '../language';
import { moment } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { formatAgainst } from './against';
import { RulesFields } from './RulesFields';
import { draftOf, type RulesFault, readRules, sameRules } from './rules';
import { ScenarioConflict, type ScenarioEdit } from './ScenarioConflict';
import css from './scenarios.module.css';
import { useScenario, workOn } from './useScenario';
import { useScenarioActions } from './useScenarioActions';
import { words } from './words';

export function ScenarioForm({
  scenario,
  refused,
  worked,
  onCopy,
  onGone,
  onClose,
  onDirty,
}: {
  scenario: Scenario;
  refused: string | null;
  worked: boolean;
  onCopy: () => void;
  onGone: () => void;
  onClose: () => void;
  onDirty: (dirty: boolean) => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const actions = useScenarioActions();
  const current = useScenario();
  /** What the form began with: a change by somebody else must not slip under it. */
  const [base, setBase] = useState(scenario);
  const [name, setName] = useState(scenario.name);
  const [note, setNote] = useState(scenario.note);
  const [rules, setRules] = useState(draftOf(scenario.rules));
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [rulesFault, setRulesFault] = useState<RulesFault | null>(null);
  const [asking, setAsking] = useState(false);
  const [conflict, setConflict] = useState<{ mine: ScenarioEdit; theirs: Scenario } | null>(null);

  const read = readRules(rules);
  const dirty =
    name !== base.name || note !== base.note || !('rules' in read) || !sameRules(read.rules, base.rules);
  const fill = (s: Scenario) => {
    setBase(s);
    setName(s.name);
    setNote(s.note);
    setRules(draftOf(s.rules));
    setFault(null);
    setRulesFault(null);
  };
  // Nothing typed yet: the form follows the server.
  if (!dirty && scenario.version > base.version) fill(scenario);

  useEffect(() => {
    onDirty(dirty);
    return () => onDirty(false);
  }, [dirty, onDirty]);

  const attempt = async (act: () => Promise<void>) => {
    setBusy(true);
    setFault(null);
    try {
      await act();
    } catch (error) {
      setFault(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  const put = async (mine: ScenarioEdit, over: Scenario) => {
    const patch = {
      ...(mine.name !== over.name ? { name: mine.name } : {}),
      ...(mine.note !== over.note ? { note: mine.note } : {}),
      ...(sameRules(mine.rules, over.rules) ? {} : { rules: mine.rules }),
    };
    const saved = Object.keys(patch).length ? await actions.patch(over, patch) : over;
    fill(saved);
    say(t('saved', { name: saved.name }));
  };
  const save = () => {
    if (!name.trim()) return setFault(t('nameMissing'));
    if ('fault' in read) return setRulesFault(read.fault);
    setRulesFault(null);
    const mine = { name: name.trim(), note: note.trim(), rules: read.rules };
    void attempt(async () => {
      try {
        await put(mine, base);
      } catch (error) {
        if (!(error instanceof Problem && error.conflict && isScenario(error.current))) throw error;
        setConflict({ mine, theirs: error.current });
      }
    });
  };
  const compare = () => {
    const { setMode, compareWith } = useWorkbench.getState();
    setMode('zones');
    compareWith(formatAgainst({ code: scenario.code, revision: null }));
    onClose();
  };
  return (
    <form
      className={css.form}
      onSubmit={(e) => {
        e.preventDefault();
        save();
      }}
      data-testid="scenario-form"
    >
      <div className={css.actions}>
        {!worked && (
          <Button
            small
            icon="right"
            disabled={busy}
            onClick={() => {
              workOn(scenario);
              onClose();
            }}
            data-testid="scenario-open"
          >
            {t('open')}
          </Button>
        )}
        <Button small icon="copy" refused={refused} onClick={onCopy} data-testid="scenario-copy">
          {t('copy')}
        </Button>
        {!worked && current && (
          <Button small icon="compare" onClick={compare} data-testid="scenario-compare-this">
            {t('compare')}
          </Button>
        )}
        {!scenario.main && (
          <Button
            small
            icon="check"
            refused={refused}
            disabled={busy}
            onClick={() =>
              void attempt(async () => {
                await actions.makeMain(scenario);
                say(t('madeMain', { name: scenario.name }));
              })
            }
            data-testid="scenario-main"
          >
            {t('makeMain')}
          </Button>
        )}
        <Button
          small
          tone="ghost"
          icon="trash"
          refused={refused || (scenario.main && t('mainStays'))}
          onClick={() => setAsking(true)}
          data-testid="scenario-delete"
        >
          {t('remove')}
        </Button>
      </div>
      <Field label={t('name')}>
        {(id) => (
          <input
            id={id}
            className={ui.input}
            value={name}
            maxLength={120}
            disabled={!!refused}
            onChange={(e) => setName(e.target.value)}
            data-testid="scenario-name"
          />
        )}
      </Field>
      <Field label={t('note')}>
        {(id) => (
          <textarea
            id={id}
            className={ui.input}
            rows={2}
            value={note}
            disabled={!!refused}
            onChange={(e) => setNote(e.target.value)}
            data-testid="scenario-note"
          />
        )}
      </Field>
      <RulesFields draft={rules} fault={rulesFault} disabled={!!refused} onChange={setRules} />
      {fault && <Notice tone="bad">{fault}</Notice>}
      <div className={css.formFoot}>
        <span className={ui.hint}>
          {t('updated')} {moment(scenario.updated_at)}
          {scenario.updated_by ? ` · ${scenario.updated_by}` : ''}
        </span>
        <Button
          tone="primary"
          type="submit"
          refused={refused}
          disabled={busy || !dirty}
          onClick={save}
          data-testid="scenario-save"
        >
          {busy ? t('saving') : t('save')}
        </Button>
      </div>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('removeTitle', { name: scenario.name })}
        width={400}
        testId="scenario-delete-dialog"
        foot={
          <>
            <Button onClick={() => setAsking(false)}>{t('cancel')}</Button>
            <Button
              tone="danger"
              disabled={busy}
              onClick={() =>
                void attempt(async () => {
                  setAsking(false);
                  await actions.remove(scenario);
                  onGone();
                  say(t('removed', { name: scenario.name }));
                })
              }
              data-testid="scenario-delete-confirm"
            >
              {t('remove')}
            </Button>
          </>
        }
      >
        {t('removeText', { n: scenario.zones })}
      </Dialog>
      {conflict && (
        <ScenarioConflict
          mine={conflict.mine}
          theirs={conflict.theirs}
          onClose={() => setConflict(null)}
          onMine={() => put(conflict.mine, conflict.theirs)}
          onTheirs={() => fill(conflict.theirs)}
        />
      )}
    </form>
  );
}

function isScenario(value: unknown): value is Scenario {
  return (
    typeof value === 'object' && value !== null && 'code' in value && 'rules' in value && 'version' in value
  );
}
