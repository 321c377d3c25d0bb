// Keys that work everywhere in the workbench. Drawing has its own, bound while
// a drawing is open; typing in a field keeps all of them away.
import { useEffect } from 'react';
import { modes } from '../state/address';
import { useSteps } from '../state/undo';
import { useWorkbench } from '../state/workbench';
import { useUndo } from './useUndo';

export function useShortcuts(openSheet: () => void): void {
  const { undo, redo } = useUndo();
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      const target = e.target as HTMLElement | null;
      const typing = !!target?.closest('input, textarea, select, [contenteditable], [role="dialog"]');
      const ctrl = e.ctrlKey || e.metaKey;
      if (ctrl && e.key.toLowerCase() === 'k') {
        e.preventDefault();
        document.querySelector<HTMLInputElement>('[data-search]')?.focus();
        return;
      }
      if (typing) return;
      if (ctrl && e.key.toLowerCase() === 'z') {
        e.preventDefault();
        if (e.shiftKey) redo();
        else undo();
      } else if (ctrl && e.key.toLowerCase() === 'y') {
        e.preventDefault();
        redo();
      } else if (ctrl || e.altKey) {
        return;
      } else if (e.key === '?') {
        openSheet();
      } else if (e.key === '/') {
        e.preventDefault();
        document.querySelector<HTMLInputElement>('[data-search]')?.focus();
      } else if (e.key === 't') {
        const s = useWorkbench.getState();
        s.setLayout({ tableOpen: !s.layout.tableOpen });
      } else if (e.key === 'Escape' && !useSteps.getState().stepper) {
        useWorkbench.getState().select(null);
      } else if (/^[1-6]$/.test(e.key)) {
        const mode = modes[Number(e.key) - 1];
        if (mode) useWorkbench.getState().setMode(mode);
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [openSheet, undo, redo]);
}
