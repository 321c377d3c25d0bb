import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type PolicyChoice, type PolicyDiff, policyKeys, savePolicy } from '../api/policy';
import { keys } from '../api/queries';
import { Problem } from '../api/request';
import { useWords } from '../language';
import { count } from '../language/format';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { type Draft, useTrying } from './draft';
import { words } from './words';

/** Saving judges the whole district anew: it asks once more, and for a reason. */
export function SaveDialog({
  district,
  draft,
  diff,
  onClose,
}: {
  district: string;
  draft: Draft;
  diff: PolicyDiff;
  onClose: () => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const setDraft = useTrying((s) => s.setDraft);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const saved = await savePolicy(district, draft.version, {
        policy_key: draft.policyKey,
        params: { ...draft.params },
        reason: reason.trim(),
      });
      client.setQueryData(policyKeys.choice(district), saved);
      setDraft(district, null);
      onClose();
      say(t('saved', { n: count(saved.rejudged) }));
      await Promise.all(
        [keys.policy(district), keys.communities(district), keys.district(district)].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
    } catch (error) {
      const late = error instanceof Problem && error.conflict;
      if (late) {
        // From here on the person has seen what the other one has chosen.
        await client.invalidateQueries({ queryKey: keys.policy(district) });
        const now = client.getQueryData<PolicyChoice>(policyKeys.choice(district));
        if (now) setDraft(district, { ...draft, version: now.version });
      }
      setProblem(late ? t('conflict') : sentence(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('saveTitle')}
      width={460}
      testId="policy-save-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button tone="primary" disabled={busy} onClick={() => void save()} data-testid="policy-confirm">
            {t(busy ? 'saving' : 'confirm')}
          </Button>
        </>
      }
    >
      <p>{t('saveText', { all: count(diff.judged), n: count(diff.flips.length) })}</p>
      {diff.projects.length > 0 && <Notice tone="warn">{t('shaken', { n: diff.projects.length })}</Notice>}
      <Field label={t('reason')} hint={t('reasonHint')}>
        {(id) => (
          <textarea
            id={id}
            className={ui.input}
            maxLength={500}
            value={reason}
            onChange={(e) => setReason(e.target.value)}
            data-testid="policy-reason"
          />
        )}
      </Field>
      {problem && <Notice tone="bad">{problem}</Notice>}
    </Dialog>
  );
}
