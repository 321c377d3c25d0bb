// How far a project has got: milestones with their plan, the filing of the
// acceptance report, the handover by ownership, and its monthly figures.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type Milestone,
  type PartHandover,
  type ProjectProgress as Progress,
  saveProgress,
  useProjectProgress,
} from '../api/progress';
import { keys, useSession } from '../api/queries';
import { Problem } from '../api/request';
import { useWords } from '../language';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { Failure, Notice, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { ProjectMonths } from './ProjectMonths';
import css from './progress.module.css';
import { words } from './words';

export default function ProjectProgress({ code }: { code: string }) {
  const district = useWorkbench((s) => s.district);
  const progress = useProjectProgress(district, code);
  if (progress.isError) return <Failure error={progress.error} retry={() => void progress.refetch()} />;
  if (!progress.data) return <Waiting rows={9} />;
  return (
    <div className={css.page} data-testid="project-progress">
      <Editor key={progress.data.version} code={code} saved={progress.data} />
      <ProjectMonths code={code} />
    </div>
  );
}

interface Draft {
  milestones: Milestone[];
  handover: PartHandover[];
}

function Editor({ code, saved }: { code: string; saved: Progress }) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const session = useSession();
  const fill = may(session.data, 'fill.progress');
  const [typed, setTyped] = useState<Draft | null>(null);
  const [busy, setBusy] = useState(false);
  const draft: Draft = typed ?? { milestones: saved.milestones, handover: saved.handover };
  const save = async () => {
    setBusy(true);
    try {
      const next = await saveProgress(district, code, saved.version, {
        milestones: draft.milestones.filter((m) => m.on_date || m.planned_on),
        handover: draft.handover
          .filter((p) => p.receiver.trim() !== '')
          .map(({ part, receiver, on_date, agreement }) => ({ part, receiver, on_date, agreement })),
      });
      client.setQueryData([...keys.progress(district), 'project', code], next);
      setTyped(null);
      say(t('saved'));
      void client.invalidateQueries({ queryKey: keys.progress(district) });
    } catch (error) {
      if (error instanceof Problem && error.conflict)
        void client.invalidateQueries({ queryKey: [...keys.progress(district), 'project', code] });
      say(sentence(error), { bad: true });
    } finally {
      setBusy(false);
    }
  };
  const setMilestone = (kind: string, change: Partial<Milestone>) =>
    setTyped({
      ...draft,
      milestones: draft.milestones.map((m) => (m.kind === kind ? { ...m, ...change } : m)),
    });
  const setPart = (part: string, change: Partial<PartHandover>) =>
    setTyped({ ...draft, handover: draft.handover.map((p) => (p.part === part ? { ...p, ...change } : p)) });
  return (
    <>
      <h3 className={css.pageHead}>
        {t('milestones')}
        <span className={css.pageTools}>
          {!fill && <small>{t('noFill')}</small>}
          {typed && (
            <Button small tone="ghost" onClick={() => setTyped(null)}>
              {t('discard')}
            </Button>
          )}
          {fill && (
            <Button
              small
              tone="primary"
              disabled={!typed || busy}
              onClick={() => void save()}
              data-testid="progress-save"
            >
              {t('save')}
            </Button>
          )}
        </span>
      </h3>
      <ol className={css.timeline}>
        {draft.milestones.map((m) => (
          <MilestoneCard
            key={m.kind}
            milestone={m}
            fill={fill}
            onChange={(change) => setMilestone(m.kind, change)}
          />
        ))}
      </ol>
      <p className={css.filingLine} data-state={saved.filing.state} data-testid="filing-state">
        {t('filing')}：{saved.filing.text}
        <small>{saved.filing.clause}</small>
      </p>
      {saved.warnings.map((w) => (
        <Notice key={w.text} tone="warn">
          {w.text}（{w.clause}）
        </Notice>
      ))}
      <h3 className={css.pageHead}>{t('handover')}</h3>
      <div className={css.parts}>
        {draft.handover.map((p) => (
          <PartCard key={p.part} part={p} fill={fill} onChange={(change) => setPart(p.part, change)} />
        ))}
      </div>
      <p className={css.source}>
        {saved.reported_by ? t('reportedBy', { name: saved.reported_by.name }) : t('reportedByNobody')}
        {saved.spans > 1 && t('spans', { n: saved.spans })}
      </p>
    </>
  );
}

function MilestoneCard({
  milestone: m,
  fill,
  onChange,
}: {
  milestone: Milestone;
  fill: boolean;
  onChange: (change: Partial<Milestone>) => void;
}) {
  const t = useWords(words);
  return (
    <li data-done={!!m.on_date} data-testid={`milestone-${m.kind}`}>
      <strong>{t(`kind.${m.kind}`)}</strong>
      {(['on_date', 'planned_on'] as const).map((key) => (
        <Field key={key} label={t(key === 'on_date' ? 'happened' : 'plannedOn')}>
          {(id) => (
            <input
              id={id}
              type="date"
              className={ui.input}
              readOnly={!fill}
              value={m[key] ?? ''}
              onChange={(e) => onChange({ [key]: e.target.value || null })}
              data-testid={`${m.kind}-${key}`}
            />
          )}
        </Field>
      ))}
      {(fill || m.note) && (
        <input
          className={ui.input}
          placeholder={t('note')}
          aria-label={`${t(`kind.${m.kind}`)} ${t('note')}`}
          maxLength={500}
          readOnly={!fill}
          value={m.note ?? ''}
          onChange={(e) => onChange({ note: e.target.value })}
        />
      )}
    </li>
  );
}

const agreed = ['mode', 'manager', 'content', 'standard', 'fee'] as const;

function PartCard({
  part: p,
  fill,
  onChange,
}: {
  part: PartHandover;
  fill: boolean;
  onChange: (change: Partial<PartHandover>) => void;
}) {
  const t = useWords(words);
  return (
    <div className={css.part} data-testid={`part-${p.part}`}>
      <strong>{p.name}</strong>
      <small>{p.rule}</small>
      <div className={css.partRow}>
        <Field label={t('receiver')}>
          {(id) => (
            <input
              id={id}
              className={ui.input}
              placeholder={t(`part.${p.part}`)}
              maxLength={200}
              readOnly={!fill}
              value={p.receiver}
              onChange={(e) => onChange({ receiver: e.target.value })}
            />
          )}
        </Field>
        <Field label={t('handedOn')}>
          {(id) => (
            <input
              id={id}
              type="date"
              className={ui.input}
              readOnly={!fill}
              value={p.on_date ?? ''}
              onChange={(e) => onChange({ on_date: e.target.value || null })}
            />
          )}
        </Field>
      </div>
      {p.part === 'common' && (
        <div className={css.agreement}>
          {agreed.map((key) => (
            <Field key={key} label={t(key)}>
              {(id) => (
                <input
                  id={id}
                  className={ui.input}
                  maxLength={200}
                  readOnly={!fill}
                  value={p.agreement[key]}
                  onChange={(e) => onChange({ agreement: { ...p.agreement, [key]: e.target.value } })}
                />
              )}
            </Field>
          ))}
        </div>
      )}
    </div>
  );
}
