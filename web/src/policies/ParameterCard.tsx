// One open place of the plan: what the document says, its readings side by side
// with what each would make of the communities, and which one is chosen.
import { useEffect, useId, useRef, useState } from 'react';
import type { ChosenParameter, ParameterEffect } from '../api/policy';
import { useWords } from '../language';
import { count, moment } from '../language/format';
import ui from '../ui/ui.module.css';
import { isShare, shown, typed } from './draft';
import css from './policies.module.css';
import { words } from './words';

interface Shape {
  parameter: ChosenParameter;
  value: unknown;
  /** What holds now. */
  now: unknown;
  effect: ParameterEffect | undefined;
  disabled: boolean;
  onChange: (value: unknown) => void;
}

export function ParameterCard(card: Shape) {
  const t = useWords(words);
  const p = card.parameter;
  const tried = card.value !== card.now;
  const box = useRef<HTMLFieldSetElement>(null);
  // The result of the trial takes room from the list: what was chosen stays in sight.
  useEffect(() => {
    if (tried) box.current?.scrollIntoView({ block: 'nearest' });
  }, [tried]);
  return (
    <fieldset
      ref={box}
      className={css.card}
      data-tried={tried || undefined}
      data-testid={`parameter-${p.key}`}
    >
      <legend className={css.name}>{p.name}</legend>
      <p className={css.where}>
        {p.ambiguity && <span className={`${ui.badge} ${ui.plain}`}>{p.ambiguity}</span>}
        <span>{p.clause}</span>
        {tried && <span className={`${ui.badge} ${ui.plain} ${ui.warnTone}`}>{t('tried')}</span>}
      </p>
      {p.issue && (
        <details className={css.why}>
          <summary>{t('why')}</summary>
          <p>{p.issue}</p>
          <p>{p.handling}</p>
        </details>
      )}
      {p.readings?.length ? <Readings {...card} /> : <Figure key={`${String(card.value)}`} {...card} />}
      {p.note && <p className={ui.hint}>{p.note}</p>}
      {p.changed_by && (
        <p className={css.by}>{t('changedBy', { who: p.changed_by, when: moment(p.changed_at) })}</p>
      )}
    </fieldset>
  );
}

function Readings({ parameter: p, value, effect, disabled, onChange }: Shape) {
  const t = useWords(words);
  const name = useId();
  return (
    <div className={css.readings}>
      {p.readings?.map((r) => {
        const made = effect?.readings.find((e) => e.value === r.value);
        return (
          <label key={String(r.value)} className={css.reading}>
            <input
              type="radio"
              name={name}
              checked={value === r.value}
              disabled={disabled}
              onChange={() => onChange(r.value)}
              data-testid={`reading-${p.key}-${String(r.value)}`}
            />
            <span>
              {r.text}
              {r.value === p.default && <em>{t('default')}</em>}
              {made && (
                <small data-testid={`effect-${p.key}-${String(r.value)}`}>
                  {t('counts', { in: count(made.in), borderline: count(made.borderline) })}
                  {!made.chosen && (
                    <b data-none={made.flips === 0 || undefined}>
                      {made.flips ? t('flips', { n: count(made.flips) }) : t('noFlips')}
                    </b>
                  )}
                </small>
              )}
            </span>
          </label>
        );
      })}
    </div>
  );
}

function Figure({ parameter: p, value, disabled, onChange }: Shape) {
  const t = useWords(words);
  const [text, setText] = useState(shown(p, value));
  const read = typed(p, text);
  return (
    <div className={css.figure}>
      <input
        className={ui.input}
        inputMode="decimal"
        value={text}
        placeholder={p.optional ? t('unset') : undefined}
        disabled={disabled}
        aria-label={p.name}
        aria-invalid={read === null || undefined}
        onChange={(e) => setText(e.target.value)}
        onBlur={() => read && read.value !== value && onChange(read.value)}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && read && read.value !== value) onChange(read.value);
        }}
        data-testid={`figure-${p.key}`}
      />
      <span>{isShare(p) ? '%' : (p.unit ?? '')}</span>
      <em>
        {t('default')} {p.default === null ? t('unset') : shown(p, p.default)}
        {p.default !== null && isShare(p) ? '%' : ''}
      </em>
      {read === null && <span className={ui.fault}>{t('wrongValue')}</span>}
    </div>
  );
}
