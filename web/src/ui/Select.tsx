import { Select as Base } from '@base-ui/react/select';
import type { ReactNode } from 'react';
import { Icon } from './icons';
import css from './ui.module.css';

export interface Option<V extends string> {
  value: V;
  label: string;
  detail?: string;
}

/** A choice of one; values are strings, '' is a choice like any other. */
export function Select<V extends string>({
  value,
  options,
  onChange,
  label,
  disabled,
  testId,
  id,
}: {
  value: V;
  options: readonly Option<V>[];
  onChange: (value: V) => void;
  label: string;
  disabled?: boolean;
  testId?: string;
  id?: string;
}): ReactNode {
  return (
    <Base.Root
      value={value}
      items={options}
      disabled={disabled}
      onValueChange={(next) => {
        if (next !== null) onChange(next as V);
      }}
    >
      <Base.Trigger className={css.selectTrigger} aria-label={label} data-testid={testId} id={id}>
        <Base.Value />
        <Icon name="down" size={14} />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className={css.positioner}>
          <Base.Popup className={css.popup}>
            <div className={css.list}>
              {options.map((o) => (
                <Base.Item
                  key={o.value}
                  value={o.value}
                  className={css.item}
                  data-testid={testId ? `${testId}-${o.value}` : undefined}
                >
                  <Base.ItemText>{o.label}</Base.ItemText>
                  {o.detail && <span className={css.itemDetail}>{o.detail}</span>}
                  <Base.ItemIndicator className={css.tick}>
                    <Icon name="check" size={14} />
                  </Base.ItemIndicator>
                </Base.Item>
              ))}
            </div>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
