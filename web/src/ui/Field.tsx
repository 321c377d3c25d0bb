import type { ReactNode } from 'react';
import { useId } from 'react';
import { Tip } from './Tip';
import css from './ui.module.css';

/** A labelled control; `children` gets the id that the label points to. */
export function Field({
  label,
  hint,
  fault,
  mark,
  children,
}: {
  label: string;
  hint?: ReactNode;
  fault?: string | null;
  mark?: ReactNode;
  children: (id: string) => ReactNode;
}) {
  const id = useId();
  return (
    <div className={css.field}>
      <label className={css.label} htmlFor={id}>
        {label}
        {mark}
      </label>
      {children(id)}
      {fault ? (
        <span className={css.fault}>{fault}</span>
      ) : hint ? (
        <span className={css.hint}>{hint}</span>
      ) : null}
    </div>
  );
}

export function Checkbox({
  checked,
  onChange,
  children,
  testId,
  disabled,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
  testId?: string;
  disabled?: boolean;
}) {
  return (
    <label className={css.checkbox}>
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(e) => onChange(e.target.checked)}
        data-testid={testId}
      />
      {children}
    </label>
  );
}

/** Two to four choices side by side. */
export function Segments<V extends string>({
  value,
  options,
  onChange,
  label,
  testId,
}: {
  value: V;
  /** `refused`: why this one cannot be chosen; it stays focusable so that the reason can be read. */
  options: readonly { value: V; label: string; refused?: string | null }[];
  onChange: (value: V) => void;
  label: string;
  testId?: string;
}) {
  return (
    <fieldset className={css.segments} aria-label={label} style={{ margin: 0, padding: 0 }}>
      {options.map((o) => {
        const button = (
          <button
            key={o.value}
            type="button"
            aria-pressed={o.value === value}
            aria-disabled={o.refused ? true : undefined}
            onClick={o.refused ? undefined : () => onChange(o.value)}
            data-testid={testId ? `${testId}-${o.value}` : undefined}
          >
            {o.label}
          </button>
        );
        return o.refused ? (
          <Tip key={o.value} text={o.refused}>
            {button}
          </Tip>
        ) : (
          button
        );
      })}
    </fieldset>
  );
}
