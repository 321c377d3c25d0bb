// A file that is open over the map: of a community (一小区一档), of a project, or the bureau's board.
import { lazy, Suspense, useEffect } from 'react';
import type { Sheet } from '../state/address';
import { useWorkbench } from '../state/workbench';
import { Waiting } from '../ui/State';
import css from './frame.module.css';

const DossierSheet = lazy(() => import('../dossier/DossierSheet'));
const ProjectSheet = lazy(() => import('../projects/ProjectSheet'));
const BoardSheet = lazy(() => import('../dashboard/BoardSheet'));
const PolicySheet = lazy(() => import('../policies/PolicySheet'));
const MonthSheet = lazy(() => import('../progress/MonthSheet'));

export default function SheetView({ sheet }: { sheet: Sheet }) {
  const openSheet = useWorkbench((s) => s.openSheet);
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      // A dialog inside it, or a field that is being written in, takes the key first.
      if (e.key === 'Escape' && !e.defaultPrevented && !document.querySelector('[role="dialog"]'))
        openSheet(null);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [openSheet]);
  return (
    <section className={css.sheet} data-testid={`sheet-${sheet.kind}`}>
      <Suspense fallback={<Waiting rows={9} />}>
        {sheet.kind === 'community' && <DossierSheet key={sheet.code} code={sheet.code} part={sheet.part} />}
        {sheet.kind === 'project' && <ProjectSheet key={sheet.code} code={sheet.code} part={sheet.part} />}
        {sheet.kind === 'board' && <BoardSheet />}
        {sheet.kind === 'policy' && <PolicySheet key={sheet.code} code={sheet.code} part={sheet.part} />}
        {sheet.kind === 'month' && (
          <MonthSheet key={`${sheet.code} ${sheet.part}`} month={sheet.code} part={sheet.part} />
        )}
      </Suspense>
    </section>
  );
}
