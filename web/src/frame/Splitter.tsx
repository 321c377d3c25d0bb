import { useRef } from 'react';
import css from './frame.module.css';

/** A bar that can be dragged, or moved with the arrow keys, to give a panel its size. */
export function Splitter({
  label,
  axis,
  value,
  min,
  max,
  reverse,
  onChange,
}: {
  label: string;
  axis: 'x' | 'y';
  value: number;
  min: number;
  max: number;
  /** The panel lies after the bar. */
  reverse?: boolean;
  onChange: (value: number) => void;
}) {
  const start = useRef<{ at: number; value: number } | null>(null);
  const set = (next: number) => onChange(Math.round(Math.min(max, Math.max(min, next))));
  const sign = reverse ? -1 : 1;
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={axis === 'x' ? 'vertical' : 'horizontal'}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      className={axis === 'x' ? css.splitX : css.splitY}
      onPointerDown={(e) => {
        e.currentTarget.setPointerCapture(e.pointerId);
        start.current = { at: axis === 'x' ? e.clientX : e.clientY, value };
      }}
      onPointerMove={(e) => {
        if (start.current)
          set(start.current.value + sign * ((axis === 'x' ? e.clientX : e.clientY) - start.current.at));
      }}
      onPointerUp={() => {
        start.current = null;
      }}
      onKeyDown={(e) => {
        const step = { ArrowLeft: -16, ArrowUp: -16, ArrowRight: 16, ArrowDown: 16 }[e.key];
        if (!step) return;
        e.preventDefault();
        set(value + sign * step);
      }}
    />
  );
}
