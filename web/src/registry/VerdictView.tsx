// The verdict with its proof: which clause, which fact, and who decided
// otherwise and why.
import { useState } from 'react';
import type { Community, Eligibility, Reason } from '../api/nouns';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { moment } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Field, Segments } from '../ui/Field';
import { Icon, type IconName } from '../ui/icons';
import { useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import own from './registry.module.css';
import { useEditCommunity } from './useEditCommunity';
import { words } from './words';

const marks: Record<Reason['outcome'], [IconName, string | undefined]> = {
  met: ['check', own.met],
  failed: ['close', own.failed],
  excluded: ['close', own.excluded],
  unknown: ['question', own.unknown],
  borderline: ['warning', own.mid],
};

export function VerdictView({ community: c, refused }: { community: Community; refused: string | null }) {
  const t = useWords(words);
  const select = useWorkbench((s) => s.select);
  const sentence = useSentence();
  const { override } = useEditCommunity();
  const [open, setOpen] = useState(false);
  const [all, setAll] = useState(false);
  // What speaks against comes first; a long list of what is met can wait.
  const proof = [...(c.verdict_proof ?? [])].sort(
    (a, b) => Number(a.outcome === 'met') - Number(b.outcome === 'met'),
  );
  const shown = all ? proof : proof.slice(0, 6);
  return (
    <div className={css.section}>
      <div
        className={`${own.verdict} ${own[`v_${c.eligibility}`]}`}
        data-testid="verdict"
        data-verdict={c.eligibility}
      >
        <strong>{t(`${c.eligibility}.long`)}</strong>
        {c.override_verdict ? (
          <>
            <p>
              {t('overridden', { verdict: t(c.override_verdict) })} ·{' '}
              {t('computed', { verdict: t(c.verdict) })}
            </p>
            <p>
              “{c.override_reason}” —— {c.override_by}，{moment(c.override_at)}
            </p>
          </>
        ) : (
          <p>{t('verdictOf', { policy: c.verdict_policy || '—' })}</p>
        )}
      </div>
      <div className={css.row}>
        <Button small icon="pencil" refused={refused} onClick={() => setOpen(true)} data-testid="override">
          {t('override')}
        </Button>
        {c.override_verdict && (
          <Button
            small
            tone="ghost"
            refused={refused}
            data-testid="clear-override"
            onClick={() => {
              override(c, null).catch((error: unknown) => {
                say(sentence(error), { bad: true });
                select({ kind: 'community', code: c.code });
              });
            }}
          >
            {t('clearOverride')}
          </Button>
        )}
      </div>
      <div className={own.reasons} data-testid="proof">
        {proof.length === 0 && <p className={ui.hint}>{t('noProof')}</p>}
        {shown.map((r, i) => {
          const [icon, tone] = marks[r.outcome] ?? marks.unknown;
          return (
            <div key={`${r.rule}-${i.toString()}`} className={own.reason}>
              <Icon
                name={icon}
                size={14}
                className={tone}
                role="img"
                aria-label={t(`outcome.${r.outcome}`)}
                aria-hidden={false}
              />
              <span>{r.text}</span>
              <span className={own.clause} title={`${r.clause} · ${r.rule}`}>
                {r.clause}
              </span>
            </div>
          );
        })}
        {shown.length < proof.length && (
          <Button small tone="ghost" icon="down" onClick={() => setAll(true)} data-testid="proof-all">
            {t('allClauses', { n: proof.length })}
          </Button>
        )}
      </div>
      {open && <OverrideDialog community={c} onClose={() => setOpen(false)} />}
    </div>
  );
}

function OverrideDialog({ community: c, onClose }: { community: Community; onClose: () => void }) {
  const t = useWords(words);
  const sentence = useSentence();
  const { override } = useEditCommunity();
  const [verdict, setVerdict] = useState<Eligibility>(c.eligibility === 'in' ? 'out' : 'in');
  const [reason, setReason] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    if ([...reason.trim()].length < 4) return setFault(t('reasonMissing'));
    setBusy(true);
    try {
      await override(c, { verdict, reason: reason.trim() });
      say(t('saved', { name: c.name }));
      onClose();
    } catch (error) {
      setFault(sentence(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`${t('override')} · ${c.name}`}
      testId="override-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button tone="primary" disabled={busy} onClick={() => void save()} data-testid="override-save">
            {t('save')}
          </Button>
        </>
      }
    >
      <p className={ui.hint}>{t('overrideText')}</p>
      <Segments
        label={t('eligibility')}
        value={verdict}
        onChange={setVerdict}
        testId="override-verdict"
        options={[
          { value: 'in', label: t('in') },
          { value: 'borderline', label: t('borderline') },
          { value: 'out', label: t('out') },
        ]}
      />
      <Field label={t('reason')} fault={fault}>
        {(id) => (
          <textarea
            id={id}
            className={ui.input}
            rows={3}
            value={reason}
            placeholder={t('reasonHint')}
            aria-invalid={fault ? true : undefined}
            onChange={(e) => setReason(e.target.value)}
            data-testid="override-reason"
          />
        )}
      </Field>
    </Dialog>
  );
}
