import type { Barrier, Crossing } from '../api/nouns';
import { useWords } from '../language';
import { Field, Segments } from '../ui/Field';
import ui from '../ui/ui.module.css';
import { barriers, crossings, type RulesDraft, type RulesFault } from './rules';
import css from './scenarios.module.css';
import { words } from './words';

/** Which links count as connecting, and what renovation is estimated to cost. */
export function RulesFields({
  draft,
  fault,
  disabled,
  onChange,
}: {
  draft: RulesDraft;
  fault: RulesFault | null;
  disabled: boolean;
  onChange: (draft: RulesDraft) => void;
}) {
  const t = useWords(words);
  const number = (key: RulesFault, label: string, hint?: string) => (
    <Field label={label} hint={hint} fault={fault === key ? t(`fault.${key}`) : null}>
      {(id) => (
        <input
          id={id}
          className={ui.input}
          inputMode="decimal"
          value={draft[key]}
          disabled={disabled}
          aria-invalid={fault === key || undefined}
          onChange={(e) => onChange({ ...draft, [key]: e.target.value })}
          data-testid={`rules-${key}`}
        />
      )}
    </Field>
  );
  const set = (barrier: Barrier, crossing: Crossing) =>
    onChange({ ...draft, barriers: { ...draft.barriers, [barrier]: crossing } });
  return (
    <fieldset className={css.rules} disabled={disabled}>
      <legend>{t('rules')}</legend>
      <p className={ui.hint}>{t('rulesText')}</p>
      <div className={css.pair}>
        {number('gap', t('gap'))}
        {number('walk', t('walk'), t('walkHint'))}
      </div>
      <div className={css.barriers}>
        {barriers.map((barrier) => (
          <div key={barrier}>
            <span>{t(`barrier.${barrier}`)}</span>
            <Segments
              label={t(`barrier.${barrier}`)}
              value={draft.barriers[barrier]}
              options={crossings.map((c) => ({ value: c, label: t(`crossing.${c}`) }))}
              onChange={(c) => set(barrier, c)}
              testId={`rules-${barrier}`}
            />
          </div>
        ))}
      </div>
      <legend>{t('cost')}</legend>
      <div className={css.pair}>
        {number('perHousehold', t('perHousehold'))}
        {number('perFloorArea', t('perFloorArea'))}
      </div>
    </fieldset>
  );
}
