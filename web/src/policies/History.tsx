import type { PolicyChoice } from '../api/policy';
import frame from '../frame/frame.module.css';
import { useWords } from '../language';
import { moment } from '../language/format';
import ui from '../ui/ui.module.css';
import css from './policies.module.css';
import { words } from './words';

/** Who decided what about the plan, the newest first. */
export function History({ choice }: { choice: PolicyChoice }) {
  const t = useWords(words);
  const said = (value: unknown) => (value === null || value === undefined ? t('toDefault') : String(value));
  const reading = (key: string, value: unknown) =>
    choice.parameters.find((p) => p.key === key)?.readings?.find((r) => r.value === value)?.text ??
    said(value);
  return (
    <div className={frame.section} data-testid="policy-history">
      <h3>{t('history')}</h3>
      {choice.history.length === 0 && <p className={ui.hint}>{t('noHistory')}</p>}
      {choice.history.map((h) => (
        <div key={h.at} className={css.past}>
          <strong>
            {h.by} · {moment(h.at)}
          </strong>
          {h.from !== h.to && <p>{t('changedPlan', { from: h.from, to: h.to })}</p>}
          {h.changes.map((c) => (
            <p key={c.key}>
              {c.name}：{reading(c.key, c.to)}
            </p>
          ))}
          {h.reason && <p>“{h.reason}”</p>}
        </div>
      ))}
    </div>
  );
}
