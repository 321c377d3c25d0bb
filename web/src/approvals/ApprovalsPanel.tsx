// The approvals of a district: what is late or due across projects, and open opinions.
import { useState } from 'react';
import { type DueStep, type Opinion, useDueSteps, useOpenOpinions, type Which } from '../api/approvals';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Segments } from '../ui/Field';
import { Icon } from '../ui/icons';
import { Empty, Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './approvals.module.css';
import { openApproval, useOpining } from './opining';
import { showOpinion, VerdictBadge } from './Review';
import { leftOf, toneOf } from './said';
import { words } from './words';

const tabs: readonly Which[] = ['late', 'due', 'next'];

export default function ApprovalsPanel() {
  return (
    <div className={css.scroll} data-testid="approvals-panel">
      <Steps />
      <Opinions />
    </div>
  );
}

function Steps() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const [which, setWhich] = useState<Which>('due');
  const list = useDueSteps(district, which);
  if (list.isPending) return <Waiting rows={7} />;
  if (list.isError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  const d = list.data;
  const counts: Partial<Record<Which, number>> = { late: d.late, due: d.late + d.due, next: d.projects };
  return (
    <div className={css.section}>
      <h3>
        {t('steps')}
        <span className={own.tally}>
          {d.check > 0 && <span data-tone="warn">{t('checkN', { n: d.check })}</span>}
          {d.unknown > 0 && <span data-tone="warn">{t('unknownN', { n: d.unknown })}</span>}
        </span>
      </h3>
      <Segments
        label={t('steps')}
        value={which}
        options={tabs.map((value) => ({
          value,
          label: `${t(`which.${value as 'late'}`)} ${counts[value] ?? 0}`,
        }))}
        onChange={setWhich}
        testId="approvals-which"
      />
      {d.items.length === 0 ? (
        which === 'next' ? (
          <Empty icon="program" title={t('noNext')}>
            {t('noNextText')}
          </Empty>
        ) : (
          <p className={ui.hint}>{which === 'late' ? t('noLate') : t('noDue')}</p>
        )
      ) : (
        <ul className={own.list}>
          {d.items.map((s) => (
            <StepItem key={`${s.project}:${s.key}`} step={s} />
          ))}
        </ul>
      )}
      {d.total > d.items.length && (
        <p className={ui.hint}>{t('moreSteps', { total: d.total, n: d.items.length })}</p>
      )}
      {d.no_route > 0 && (
        <details className={own.noRoute}>
          <summary>{t('noRoute', { n: d.no_route })}</summary>
          <ul className={own.list}>
            {d.unrouted.map((p) => (
              <li key={p.project}>
                <button type="button" onClick={() => openApproval(p.project, 'basis')}>
                  <strong>{p.name}</strong>
                  <span>{p.project}</span>
                </button>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function StepItem({ step: s }: { step: DueStep }) {
  const t = useWords(words);
  return (
    <li>
      <button
        type="button"
        onClick={() => openApproval(s.project, 'list')}
        data-late={s.days_left !== null && s.days_left < 0}
        data-testid="due-step"
      >
        <strong>{s.name}</strong>
        <em data-tone={s.days_left !== null && s.days_left < 0 ? 'bad' : 'plain'}>
          {s.due_on ? leftOf(s.days_left, t) : t('undated')}
        </em>
        <span title={s.project_name}>{s.project_name}</span>
        <span title={s.department}>
          {s.department}
          {s.need !== 'required' && (
            <b className={`${ui.badge} ${ui.plain} ${ui[toneOf[s.need]]}`}>{t(`need.${s.need}`)}</b>
          )}
        </span>
      </button>
    </li>
  );
}

function Opinions() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const list = useOpenOpinions(district);
  if (list.isPending) return <Waiting rows={3} />;
  if (list.isError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  return (
    <div className={css.section} data-testid="open-opinions">
      <h3>
        {t('openOpinions')}
        <span className={ui.hint}>{list.data.length || ''}</span>
      </h3>
      {list.data.length === 0 ? (
        <p className={ui.hint}>{t('noOpen')}</p>
      ) : (
        <ul className={own.list}>
          {list.data.map((o) => (
            <OpinionItem key={o.id} opinion={o} />
          ))}
        </ul>
      )}
    </div>
  );
}

function OpinionItem({ opinion: o }: { opinion: Opinion }) {
  const chosen = useOpining((s) => s.chosen === o.id);
  return (
    <li>
      <button
        type="button"
        aria-pressed={o.location ? chosen : undefined}
        onClick={() => (o.location ? showOpinion(o) : openApproval(o.project, 'review'))}
        data-testid="open-opinion"
      >
        <strong>
          {o.location && <Icon name="pin" size={13} />}
          {o.department}
        </strong>
        <VerdictBadge verdict={o.verdict} />
        <span className={own.clip}>{o.text}</span>
        <span>{o.project_name}</span>
      </button>
    </li>
  );
}
