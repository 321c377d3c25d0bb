// The steps of a project: who, by when, done when, under which document number.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApprovalFile, type StepEdit, saveSteps } from '../api/approvals';
import { keys } from '../api/queries';
import { Problem } from '../api/request';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Checkbox } from '../ui/Field';
import { Notice, useSentence } from '../ui/State';
import { Tip } from '../ui/Tip';
import { say } from '../ui/Toast';
import own from './approvals.module.css';
import { StepRow } from './StepRow';
import { clashes, tallyOf } from './said';
import { words } from './words';

export type Edits = Readonly<Record<string, StepEdit>>;

export function Checklist({
  code,
  file,
  refused,
  edits,
  onEdits,
}: {
  code: string;
  file: ApprovalFile;
  refused: string | null;
  edits: Edits;
  onEdits: (edits: Edits) => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const [exempt, setExempt] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const tally = tallyOf(file.steps);
  const spared = file.steps.filter((s) => s.need === 'exempt' && s.change === '').length;
  const shown = file.steps.filter((s) => exempt || s.need !== 'exempt' || s.change !== '');
  const changes = Object.values(edits).reduce((n, e) => n + Object.keys(e).length - 1, 0);

  const edit = (key: string, change: Omit<StepEdit, 'key'>) => {
    setProblem(null);
    onEdits({ ...edits, [key]: { ...edits[key], ...change, key } });
  };
  const save = async () => {
    setBusy(true);
    setProblem(null);
    const keep = (now: ApprovalFile) => client.setQueryData([...keys.approvals(district), 'file', code], now);
    const send = (version: number) => saveSteps(district, code, version, Object.values(edits));
    try {
      const now = await send(file.version).catch((error: unknown) => {
        if (!(error instanceof Problem) || !error.conflict || !error.current) throw error;
        const theirs = error.current as ApprovalFile;
        // Only the named fields are written: unless somebody else changed the same ones, they go on top.
        if (!clashes(Object.values(edits), file.steps, theirs.steps)) return send(theirs.version);
        keep(theirs);
        return null;
      });
      if (!now) return setProblem(t('stepsClash'));
      keep(now);
      onEdits({});
      say(t('stepsSaved'));
    } catch (error) {
      setProblem(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className={own.block} data-testid="approval-checklist">
      <h3>
        {t('checklist')}
        <span className={own.tally}>
          <span>{t('progress', { done: tally.done, all: tally.all })}</span>
          {tally.late > 0 && <span data-tone="bad">{t('lateN', { n: tally.late })}</span>}
          {tally.check > 0 && <span data-tone="warn">{t('checkN', { n: tally.check })}</span>}
          {tally.unknown > 0 && <span data-tone="warn">{t('unknownN', { n: tally.unknown })}</span>}
        </span>
        <span className={own.end}>
          {spared > 0 && (
            <Checkbox checked={exempt} onChange={setExempt} testId="approval-exempt">
              {t('showExempt', { n: spared })}
            </Checkbox>
          )}
          {changes > 0 && (
            <Button small tone="ghost" onClick={() => onEdits({})}>
              {t('discard')}
            </Button>
          )}
          {!refused && (
            <Button
              small
              tone="primary"
              disabled={busy || changes === 0}
              onClick={() => void save()}
              data-testid="approval-save-steps"
            >
              {t('saveSteps', { n: changes })}
            </Button>
          )}
        </span>
      </h3>
      {file.version === 0 && <Notice>{t('firstSave')}</Notice>}
      {problem && <Notice tone="bad">{problem}</Notice>}
      <div className={own.wide}>
        <table className={own.steps}>
          <thead>
            <tr>
              <th>{t('col.no')}</th>
              <th>{t('col.step')}</th>
              <th>{t('col.need')}</th>
              <th>{t('col.department')}</th>
              <th>
                <Tip text={t('daysHint')}>
                  <span>{t('col.days')}</span>
                </Tip>
              </th>
              <th>{t('col.due')}</th>
              <th>{t('col.done')}</th>
              <th>{t('col.document')}</th>
              <th>{t('col.note')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((s) => (
              <StepRow
                key={s.key}
                step={s}
                edit={edits[s.key]}
                locked={refused !== null || file.version === 0}
                onEdit={(change) => edit(s.key, change)}
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
