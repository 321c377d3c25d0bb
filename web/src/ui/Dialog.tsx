import { Dialog as Base } from '@base-ui/react/dialog';
import type { CSSProperties, ReactNode } from 'react';
import { useWords } from '../language';
import { Icon } from './icons';
import css from './ui.module.css';
import { words } from './words';

/** A question that must be answered before anything else. Esc and the backdrop close it. */
export function Dialog({
  open,
  onClose,
  title,
  children,
  foot,
  width,
  testId,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  foot?: ReactNode;
  width?: number;
  testId?: string;
}) {
  const t = useWords(words);
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={css.backdrop} />
        <Base.Popup
          className={css.dialog}
          data-testid={testId}
          style={{ '--dialog-width': width ? `${width}px` : undefined } as CSSProperties}
        >
          <div className={css.dialogHead}>
            <Base.Title className={css.dialogTitle}>{title}</Base.Title>
          </div>
          <div className={css.dialogBody}>{children}</div>
          {foot && <div className={css.dialogFoot}>{foot}</div>}
          {/* Last in the order of the keyboard, and without a tip that would swallow the first Esc. */}
          <button
            type="button"
            className={`${css.button} ${css.icon} ${css.small} ${css.dialogClose}`}
            aria-label={t('close')}
            onClick={onClose}
          >
            <Icon name="close" size={14} />
          </button>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
