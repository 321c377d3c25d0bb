import { Menu as Base } from '@base-ui/react/menu';
import type { ReactElement, ReactNode } from 'react';
import { Icon, type IconName } from './icons';
import css from './ui.module.css';

export function Menu({
  trigger,
  children,
  align = 'end',
}: {
  trigger: ReactElement;
  children: ReactNode;
  align?: 'start' | 'end';
}) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} align={align} className={css.positioner}>
          <Base.Popup className={css.popup}>
            <div className={css.list} style={{ minWidth: 190 }}>
              {children}
            </div>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function MenuItem({
  icon,
  children,
  detail,
  onSelect,
  ticked,
  disabled,
  testId,
}: {
  icon?: IconName;
  children: ReactNode;
  detail?: ReactNode;
  onSelect: () => void;
  ticked?: boolean;
  disabled?: boolean;
  testId?: string;
}) {
  return (
    <Base.Item className={css.item} onClick={onSelect} disabled={disabled} data-testid={testId}>
      {icon && <Icon name={icon} size={15} />}
      <span>{children}</span>
      {detail && <span className={css.itemDetail}>{detail}</span>}
      {ticked && (
        <span className={css.tick}>
          <Icon name="check" size={14} />
        </span>
      )}
    </Base.Item>
  );
}
export const MenuLine = () => <div className={css.separator} />;
export function MenuLabel({ children }: { children: ReactNode }) {
  return <div className={css.groupLabel}>{children}</div>;
}
