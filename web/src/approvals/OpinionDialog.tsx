// An opinion of the joint review, written down or answered; its place is pointed out on the map.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { createOpinion, type OpinionVerdict, updateOpinion } from '../api/approvals';
import { keys } from '../api/queries';
import { Problem } from '../api/request';
import { useWords } from '../language';
import { coordinate } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Field, Segments } from '../ui/Field';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import own from './approvals.module.css';
import { useOpining } from './opining';
import { words } from './words';

const verdicts: readonly OpinionVerdict[] = ['agree', 'agree_if', 'object'];

export function OpinionDialog({
  code,
  departments,
  unsaved,
}: {
  code: string;
  departments: readonly string[];
  /** Something else in the file is typed and not saved: leaving it for the map would lose it. */
  unsaved: boolean;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const { project, of, draft, placing, change, point, end } = useOpining();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const open = project === code && !placing;
  const close = () => {
    setProblem(null);
    end();
  };
  const incomplete = !draft.department.trim() || (draft.verdict !== 'agree' && !draft.text.trim());
  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      if (of) await updateOpinion(district, of, draft);
      else await createOpinion(district, code, draft);
      say(t('opinionSaved'));
      end();
    } catch (error) {
      setProblem(error instanceof Problem && error.conflict ? t('conflict') : sentence(error));
    } finally {
      setBusy(false);
      void client.invalidateQueries({ queryKey: keys.approvals(district) });
    }
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      title={of ? t('changeOpinion') : t('newOpinion')}
      width={520}
      testId="opinion-dialog"
      foot={
        <>
          <Button onClick={close}>{t('cancel')}</Button>
          <Button
            tone="primary"
            disabled={busy || incomplete}
            onClick={() => void save()}
            data-testid="opinion-save"
          >
            {t('saveOpinion')}
          </Button>
        </>
      }
    >
      <Field label={t('department')}>
        {(id) => (
          <>
            <input
              id={id}
              className={ui.input}
              list={`${id}-all`}
              value={draft.department}
              maxLength={100}
              onChange={(e) => change({ department: e.target.value })}
              data-testid="opinion-department"
            />
            <datalist id={`${id}-all`}>
              {departments.map((name) => (
                <option key={name} value={name} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      <Field label={t('verdict')}>
        {() => (
          <Segments
            label={t('verdict')}
            value={draft.verdict}
            options={verdicts.map((value) => ({ value, label: t(`verdict.${value}`) }))}
            onChange={(verdict) => change({ verdict })}
            testId="opinion-verdict"
          />
        )}
      </Field>
      <Field label={t('text')} hint={t('textHint')}>
        {(id) => (
          <textarea
            id={id}
            className={ui.input}
            rows={3}
            maxLength={2000}
            value={draft.text}
            onChange={(e) => change({ text: e.target.value })}
            data-testid="opinion-text"
          />
        )}
      </Field>
      <Field label={t('place')}>
        {() => (
          <span className={own.place}>
            <span>{draft.location ? coordinate(draft.location) : t('noPlace')}</span>
            <Button
              small
              icon="pin"
              refused={unsaved && t('saveFirst')}
              onClick={point}
              data-testid="opinion-pin"
            >
              {draft.location ? t('repin') : t('pin')}
            </Button>
            {draft.location && (
              <Button small tone="ghost" onClick={() => change({ location: null })}>
                {t('unpin')}
              </Button>
            )}
          </span>
        )}
      </Field>
      {(of || draft.resolved) && (
        <Field label={t('resolved')} hint={t('resolvedHint')}>
          {(id) => (
            <textarea
              id={id}
              className={ui.input}
              rows={2}
              maxLength={2000}
              value={draft.resolved}
              onChange={(e) => change({ resolved: e.target.value })}
              data-testid="opinion-resolved"
            />
          )}
        </Field>
      )}
      {problem && <Notice tone="bad">{problem}</Notice>}
    </Dialog>
  );
}
