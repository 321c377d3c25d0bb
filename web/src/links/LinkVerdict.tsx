// What a person says about a link, in place of what is computed.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { clearLink, overrideLink } from '../api/links';
import type { Link } from '../api/nouns';
import { invalidate, useSession } from '../api/queries';
import { useWords } from '../language';
import { moment } from '../language/format';
import { useControl } from '../map/control';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import own from './links.module.css';
import { words } from './words';

type Verdict = 'together' | 'never';

/** Everything that goes by links is asked anew. */
function useChanged(): () => void {
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  return () => {
    invalidate(client, district, { layer: 'links', bbox: null });
    useControl.getState().controller?.refresh('links');
  };
}

export function LinkVerdict({ link: l }: { link: Link }) {
  const t = useWords(words);
  const sentence = useSentence();
  const district = useWorkbench((s) => s.district);
  const session = useSession();
  const changed = useChanged();
  const [asking, setAsking] = useState<Verdict | null>(null);
  const refused = may(session.data, 'draw.zone') ? null : t('noRight');
  const clear = useMutation({
    mutationFn: () => clearLink(district, l.a.code, l.b.code),
    onSuccess: changed,
    onError: (error) => say(sentence(error), { bad: true }),
  });
  if (l.verdict)
    return (
      <div className={own.verdict}>
        <span className={`${ui.badge} ${l.verdict === 'never' ? ui.badTone : ui.okTone}`}>
          {t(l.verdict)}
        </span>
        <span className={own.reason} title={`${l.overridden_by} ${moment(l.overridden_at)}`}>
          {l.reason}
        </span>
        <Button
          small
          tone="ghost"
          refused={refused}
          disabled={clear.isPending}
          onClick={() => clear.mutate()}
          data-testid="link-clear"
        >
          {t('clear')}
        </Button>
      </div>
    );
  return (
    <div className={own.verdict}>
      {(['together', 'never'] as const).map((verdict) => (
        <Button
          key={verdict}
          small
          tone="ghost"
          refused={refused}
          onClick={() => setAsking(verdict)}
          data-testid={`link-${verdict}`}
        >
          {t(verdict === 'never' ? 'setNever' : 'setTogether')}
        </Button>
      ))}
      {asking && (
        <Override
          link={l}
          verdict={asking}
          onClose={() => setAsking(null)}
          onSaved={() => {
            changed();
            setAsking(null);
          }}
        />
      )}
    </div>
  );
}

function Override({
  link: l,
  verdict,
  onClose,
  onSaved,
}: {
  link: Link;
  verdict: Verdict;
  onClose: () => void;
  onSaved: () => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const district = useWorkbench((s) => s.district);
  const [reason, setReason] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: () => overrideLink(district, l.a.code, l.b.code, { verdict, reason: reason.trim() }),
    onSuccess: () => {
      say(t('saved'));
      onSaved();
    },
    onError: (error) => setFault(sentence(error)),
  });
  const go = () => (reason.trim() ? save.mutate() : setFault(t('reasonMissing')));
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(verdict === 'never' ? 'dialogNever' : 'dialogTogether', { a: l.a.name, b: l.b.name })}
      width={400}
      testId="link-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button tone="primary" disabled={save.isPending} onClick={go} data-testid="link-save">
            {t('save')}
          </Button>
        </>
      }
    >
      <Field label={t('reason')}>
        {(id) => (
          <input
            id={id}
            className={ui.input}
            value={reason}
            maxLength={500}
            placeholder={t(verdict === 'never' ? 'reasonHintNever' : 'reasonHint')}
            onChange={(e) => setReason(e.target.value)}
            onKeyDown={(e) => {
              if (e.key === 'Enter' && !e.nativeEvent.isComposing) go();
            }}
            data-testid="link-reason"
          />
        )}
      </Field>
      {fault && <Notice tone="bad">{fault}</Notice>}
    </Dialog>
  );
}
