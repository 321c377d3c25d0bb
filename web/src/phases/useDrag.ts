// Dragging a card to another column, with mouse, pen or finger. Near the edges
// the board scrolls along; Escape takes the card back.
import { type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react';

export interface Drag {
  code: string;
  x: number;
  y: number;
  /** The column under the pointer, as its `data-column`. */
  over: string | null;
}
const START = 5;
const EDGE = 36;

export function useDrag(board: RefObject<HTMLElement | null>, drop: (code: string, column: string) => void) {
  const [drag, setDrag] = useState<Drag | null>(null);
  const held = useRef<{ code: string; x: number; y: number; moving: boolean } | null>(null);
  /** The click that ends a drag is none. */
  const dragged = useRef(false);

  const end = () => {
    held.current = null;
    setDrag(null);
  };
  const dragging = drag !== null;
  useEffect(() => {
    if (!dragging) return;
    const onKey = (e: KeyboardEvent) => {
      if (e.key !== 'Escape') return;
      e.stopPropagation();
      held.current = null;
      setDrag(null);
    };
    addEventListener('keydown', onKey, true);
    return () => removeEventListener('keydown', onKey, true);
  }, [dragging]);

  const handlers = (code: string) => ({
    onPointerDown: (e: PointerEvent<HTMLElement>) => {
      dragged.current = false;
      if (e.button !== 0) return;
      held.current = { code, x: e.clientX, y: e.clientY, moving: false };
      // At once: a quick hand is off the card before the first move is told.
      e.currentTarget.setPointerCapture(e.pointerId);
    },
    onPointerMove: (e: PointerEvent<HTMLElement>) => {
      const h = held.current;
      if (!h || h.code !== code) return;
      if (!h.moving) {
        if (Math.hypot(e.clientX - h.x, e.clientY - h.y) < START) return;
        h.moving = true;
        dragged.current = true;
      }
      const box = board.current?.getBoundingClientRect();
      if (box && e.clientX < box.left + EDGE) board.current?.scrollBy({ left: -12 });
      if (box && e.clientX > box.right - EDGE) board.current?.scrollBy({ left: 12 });
      setDrag({ code, x: e.clientX, y: e.clientY, over: columnAt(e.clientX, e.clientY) });
    },
    onPointerUp: (e: PointerEvent<HTMLElement>) => {
      const h = held.current;
      end();
      // The click comes before the next task, if it comes at all.
      setTimeout(() => {
        dragged.current = false;
      });
      if (!h?.moving) return;
      const over = columnAt(e.clientX, e.clientY);
      if (over !== null) drop(code, over);
    },
    onPointerCancel: end,
    onClickCapture: (e: { preventDefault: () => void; stopPropagation: () => void }) => {
      if (!dragged.current) return;
      dragged.current = false;
      e.preventDefault();
      e.stopPropagation();
    },
  });
  return { drag, handlers };
}

const columnAt = (x: number, y: number): string | null =>
  document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-column]')?.dataset.column ?? null;
