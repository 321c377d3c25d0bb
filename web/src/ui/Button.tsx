import type { ButtonHTMLAttributes, Ref } from 'react';
import { Icon, type IconName } from './icons';
import { Tip } from './Tip';
import css from './ui.module.css';

interface Shape {
  tone?: 'plain' | 'primary' | 'danger' | 'ghost';
  icon?: IconName;
  small?: boolean;
  large?: boolean;
  wide?: boolean;
  /** Why the button cannot be used; it stays focusable so that the reason can be read. */
  refused?: string | null | false;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({
  tone = 'plain',
  icon,
  small,
  large,
  wide,
  refused,
  children,
  className,
  onClick,
  ...rest
}: Shape & ButtonHTMLAttributes<HTMLButtonElement>) {
  const button = (
    <button
      type="button"
      className={[
        css.button,
        tone !== 'plain' && css[tone],
        small && css.small,
        large && css.large,
        wide && css.wide,
        className,
      ]
        .filter(Boolean)
        .join(' ')}
      aria-disabled={refused ? true : undefined}
      onClick={refused ? (e) => e.preventDefault() : onClick}
      {...rest}
    >
      {icon && <Icon name={icon} size={small ? 14 : 16} />}
      {children}
    </button>
  );
  return refused ? <Tip text={refused}>{button}</Tip> : button;
}

export function IconButton({
  icon,
  label,
  keys,
  small,
  refused,
  pressed,
  className,
  onClick,
  ...rest
}: {
  icon: IconName;
  label: string;
  keys?: string;
  small?: boolean;
  refused?: string | null | false;
  pressed?: boolean;
} & ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <Tip text={refused || label} keys={keys}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={pressed}
        aria-disabled={refused ? true : undefined}
        className={[css.button, css.icon, small && css.small, className].filter(Boolean).join(' ')}
        onClick={refused ? (e) => e.preventDefault() : onClick}
        {...rest}
      >
        <Icon name={icon} size={small ? 14 : 16} />
      </button>
    </Tip>
  );
}
