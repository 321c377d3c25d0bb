// What a step needs to be told: a reason, a phase and year, communities, or the
// written application by which a project goes on.
import { useState } from 'react';
import type { Phase, ProjectFile, Step } from '../api/projects';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Field, Segments } from '../ui/Field';
import { Select } from '../ui/Select';
import { Notice, useSentence } from '../ui/State';
import ui from '../ui/ui.module.css';
import { CommunityPicker, type Picked } from './CommunityPicker';
import { today } from './day';
import { phases } from './marks';
import { newestOf } from './newest';
import own from './projects.module.css';
import type { Take } from './useStep';
import { words } from './words';

export default function StepDialog({
  project: p,
  step,
  needsReason,
  take,
  onClose,
}: {
  project: ProjectFile;
  step: Step;
  needsReason: boolean;
  take: Take;
  onClose: () => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const theYear = new Date().getFullYear();
  // Others may change the project while the person writes: what counts is how it was at the beginning.
  const [seen, setSeen] = useState(p.version);
  const [reason, setReason] = useState('');
  const [phase, setPhase] = useState<Phase>(p.phase ?? p.proposed_phase ?? 'reserve');
  const [year, setYear] = useState(p.year === null ? '' : String(p.year));
  const [picked, setPicked] = useState<Picked[]>(p.members.map(({ code, name }) => ({ code, name })));
  const [applicant, setApplicant] = useState(p.applicant);
  const [appliedOn, setAppliedOn] = useState(today());
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const phased = step === 'confirm' || step === 'phase';
  const continued = step === 'promote' || step === 'follow';
  const open = p.conditions.filter((c) => c.outcome !== 'holds');

  const submit = async () => {
    setBusy(true);
    try {
      const said = {
        reason,
        ...(phased ? { phase, year: year ? Number(year) : null } : {}),
        communities: picked.map((c) => c.code),
        applicant,
        appliedOn,
      };
      await take(step, said, seen);
      onClose();
    } catch (error) {
      setSeen(newestOf(error) ?? seen);
      setFault(sentence(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`${t(`step.${step}`)} · ${p.name}`}
      width={500}
      testId="step-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            tone="primary"
            disabled={busy}
            refused={needsReason && reason.trim() === '' ? t('reasonNeeded') : null}
            onClick={() => void submit()}
            data-testid="step-do"
          >
            {t(`step.${step}`)}
          </Button>
        </>
      }
    >
      {continued && <p className={ui.hint}>{t(step === 'promote' ? 'promoteText' : 'followText')}</p>}
      {step === 'confirm' && open.length > 0 && (
        <Notice tone="warn">
          {open.map((c) => (
            <div key={c.key}>
              {c.text}（{c.clause}）：{c.why}
            </div>
          ))}
        </Notice>
      )}
      {phased && (
        <PhaseFields phase={phase} setPhase={setPhase} year={year} setYear={setYear} from={theYear} />
      )}
      {step === 'communities' && (
        <Field label={t('communities')}>
          {(id) => <CommunityPicker id={id} value={picked} onChange={setPicked} />}
        </Field>
      )}
      {continued && (
        <div className={own.pair}>
          <Field label={t('applicant')} hint={t('applicantHint')}>
            {(id) => (
              <input
                id={id}
                className={ui.input}
                value={applicant}
                onChange={(e) => setApplicant(e.target.value)}
              />
            )}
          </Field>
          <Field label={t('appliedOn')}>
            {(id) => (
              <input
                id={id}
                className={ui.input}
                type="date"
                max={today()}
                value={appliedOn}
                onChange={(e) => setAppliedOn(e.target.value)}
              />
            )}
          </Field>
        </div>
      )}
      {!continued && (
        <Field label={t(step === 'confirm' && needsReason ? 'reasonOverride' : 'reason')}>
          {(id) => (
            <textarea
              id={id}
              className={ui.input}
              value={reason}
              maxLength={2000}
              rows={3}
              onChange={(e) => setReason(e.target.value)}
              data-testid="step-reason"
            />
          )}
        </Field>
      )}
      {fault && <Notice tone="bad">{fault}</Notice>}
    </Dialog>
  );
}

function PhaseFields({
  phase,
  setPhase,
  year,
  setYear,
  from,
}: {
  phase: Phase;
  setPhase: (phase: Phase) => void;
  year: string;
  setYear: (year: string) => void;
  from: number;
}) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const years = new Set(Array.from({ length: 8 }, (_, i) => String(from - 1 + i)));
  if (year) years.add(year);
  return (
    <div className={own.pair}>
      <Field label={t('phase')}>
        {() => (
          <Segments
            label={t('phase')}
            value={phase}
            onChange={setPhase}
            testId="step-phase"
            options={phases.map((p) => ({ value: p, label: t(`phase.${p}`) }))}
          />
        )}
      </Field>
      <Field label={t('year')}>
        {(id) => (
          <Select
            id={id}
            label={t('year')}
            value={year}
            onChange={setYear}
            testId="step-year"
            options={[
              { value: '', label: t('noYear') },
              ...[...years].sort().map((y) => ({ value: y, label: language === 'zh' ? `${y} 年` : y })),
            ]}
          />
        )}
      </Field>
    </div>
  );
}
