// One step of a checklist, its fields open to those who may fill them in.
import type { ApprovalStep, StepEdit } from '../api/approvals';
import { useWords } from '../language';
import { Tip } from '../ui/Tip';
import ui from '../ui/ui.module.css';
import own from './approvals.module.css';
import { leftOf } from './said';
import { NeedBadge } from './Tables';
import { words } from './words';

export function StepRow({
  step: s,
  edit = { key: s.key },
  locked,
  onEdit,
}: {
  step: ApprovalStep;
  edit: StepEdit | undefined;
  /** Nobody can fill anything in here: what is known stands as plain text. */
  locked: boolean;
  onEdit: (change: Omit<StepEdit, 'key'>) => void;
}) {
  const t = useWords(words);
  const off = s.need === 'exempt' || s.change === 'dropped';
  const days = String(edit.days === undefined ? (s.days ?? '') : edit.days < 0 ? '' : edit.days);
  const done = edit.done_on ?? s.done_on ?? '';
  const due = edit.due_on ?? s.due_on ?? '';
  const cell = { step: s, locked };
  return (
    <tr data-off={off} data-late={s.days_left !== null && s.days_left < 0} data-testid={`step-${s.key}`}>
      <td>{s.place}</td>
      <td className={own.stepName}>
        <strong>
          {s.name}
          {s.change !== '' && (
            <em className={own.change} data-change={s.change}>
              {t(`change.${s.change}`)}
            </em>
          )}
        </strong>
        {s.outcome && <small>{s.outcome}</small>}
        <small className={own.clause}>{t('clause', { clause: s.clause })}</small>
      </td>
      <td>
        <NeedBadge need={s.need} />
      </td>
      <td className={own.department}>
        {locked ? (
          <span className={own.fixed}>{s.department}</span>
        ) : (
          <textarea
            className={`${ui.input} ${own.growing}`}
            aria-label={`${s.name} ${t('col.department')}`}
            rows={1}
            value={edit.department ?? s.department}
            disabled={off}
            onChange={(e) => onEdit({ department: e.target.value })}
            data-testid={`step-${s.key}-department`}
          />
        )}
        {s.assumed && !edit.department && (
          <Tip text={t('assumed')}>
            <span className={own.assumed}>{t('assumedMark')}</span>
          </Tip>
        )}
      </td>
      <td className={own.daysCell}>
        <Cell
          {...cell}
          field="days"
          label={t('col.days')}
          value={days}
          disabled={off || s.due_clause !== ''}
          onChange={(value) => {
            const n = Number(value);
            if (value === '') onEdit({ days: -1 });
            else if (Number.isInteger(n) && n >= 0 && n <= 3650) onEdit({ days: n });
          }}
        />
      </td>
      <td>
        {s.due_clause ? (
          <Tip text={t('byPolicy', { clause: s.due_clause })}>
            <span className={own.fixed}>{s.due_on ?? '—'}</span>
          </Tip>
        ) : (
          <Cell
            {...cell}
            field="due"
            type="date"
            label={t('col.due')}
            value={due}
            disabled={off || days !== ''}
            onChange={(due_on) => onEdit({ due_on })}
          />
        )}
        {s.days_left !== null && !done && (
          <small className={own.left} data-late={s.days_left < 0}>
            {leftOf(s.days_left, t)}
          </small>
        )}
      </td>
      <td>
        {s.milestone ? (
          <span className={own.fixed}>{s.done_on ?? t('fromProgress')}</span>
        ) : (
          <Cell
            {...cell}
            field="done"
            type="date"
            label={t('col.done')}
            value={done}
            disabled={off && !s.done_on}
            onChange={(done_on) => onEdit({ done_on })}
          />
        )}
      </td>
      <td>
        <Cell
          {...cell}
          field="document_no"
          label={t('col.document')}
          value={edit.document_no ?? s.document_no}
          onChange={(document_no) => onEdit({ document_no })}
        />
      </td>
      <td>
        <Cell
          {...cell}
          field="note"
          label={t('col.note')}
          value={edit.note ?? s.note}
          onChange={(note) => onEdit({ note })}
        />
      </td>
    </tr>
  );
}

function Cell({
  step,
  field,
  label,
  value,
  type = 'text',
  locked,
  disabled = false,
  onChange,
}: {
  step: ApprovalStep;
  field: string;
  label: string;
  value: string;
  type?: 'text' | 'date';
  locked: boolean;
  disabled?: boolean;
  onChange: (value: string) => void;
}) {
  if (locked) return <span className={own.fixed}>{value || '—'}</span>;
  return (
    <input
      type={type}
      className={ui.input}
      aria-label={`${step.name} ${label}`}
      inputMode={field === 'days' ? 'numeric' : undefined}
      value={value}
      disabled={disabled}
      onChange={(e) => onChange(e.target.value)}
      data-testid={`step-${step.key}-${field}`}
    />
  );
}
