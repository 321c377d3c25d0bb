// Head of an open file: what it is of, its parts as tabs, and the way back to the map.
import type { ReactNode } from 'react';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { IconButton } from '../ui/Button';
import css from './frame.module.css';
import { words } from './words';

export interface SheetPart {
  key: string;
  name: string;
}

export function SheetHead({
  title,
  sub,
  parts,
  part,
  children,
}: {
  title: string;
  sub?: ReactNode;
  parts: readonly SheetPart[];
  part: string;
  children?: ReactNode;
}) {
  const t = useWords(words);
  const sheet = useWorkbench((s) => s.sheet);
  const openSheet = useWorkbench((s) => s.openSheet);
  return (
    <header className={css.sheetHead}>
      <div className={css.sheetTitle}>
        <h2 data-testid="sheet-title">{title}</h2>
        {sub && <span>{sub}</span>}
        <div className={css.sheetTools}>
          {children}
          <IconButton
            icon="close"
            label={t('close')}
            onClick={() => openSheet(null)}
            data-testid="sheet-close"
          />
        </div>
      </div>
      {parts.length > 1 && (
        <nav className={css.sheetParts} aria-label={title}>
          {parts.map((p) => (
            <button
              key={p.key}
              type="button"
              aria-current={p.key === part ? 'page' : undefined}
              onClick={() => sheet && openSheet({ ...sheet, part: p.key })}
              data-testid={`sheet-part-${p.key}`}
            >
              {p.name}
            </button>
          ))}
        </nav>
      )}
    </header>
  );
}
