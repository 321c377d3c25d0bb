// A card beside the pointer on the map, for what has no inspector open.
import { type ReactNode, useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { useWorkbench } from '../state/workbench';
import { useControl } from './control';
import css from './map.module.css';

const AWAY = 14;

export function MapTip({ children, testId }: { children: ReactNode; testId: string }) {
  const controller = useControl((s) => s.controller);
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const map = controller?.map;
    if (!map) return;
    const follow = ({ point: { x, y } }: { point: { x: number; y: number } }) => {
      const el = card.current;
      if (!el) return;
      const box = map.getContainer();
      const left = x + AWAY + el.offsetWidth > box.clientWidth ? x - AWAY - el.offsetWidth : x + AWAY;
      const top = Math.max(6, Math.min(y + AWAY, box.clientHeight - el.offsetHeight - 6));
      el.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    };
    const at = useWorkbench.getState().pointer;
    if (at) follow({ point: map.project(at) });
    map.on('mousemove', follow);
    return () => {
      map.off('mousemove', follow);
    };
  }, [controller]);
  const container = controller?.map.getContainer();
  if (!container) return null;
  return createPortal(
    <div className={css.tip} ref={card} data-testid={testId}>
      {children}
    </div>,
    container,
  );
}
