// What became of a file that was imported, and the way to take it back.

import { useImports } from '../api/imports';
import type { Inspection } from '../api/inspections';
import { ReportBody } from '../data/ReportBody';
import { Changes, UndoImport } from '../data/UndoImport';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Notice } from '../ui/State';
import { words } from './words';

export function Imported({ inspection: i }: { inspection: Inspection }) {
  const t = useWords(words);
  const inspect = useWorkbench((s) => s.inspect);
  const done = useImports(i.district).data?.find((d) => d.id === i.import);
  return (
    <>
      <div className={css.scroll} data-testid="inspection-imported">
        <div className={css.section}>
          {i.state === 'undone' ? <Notice icon="undo">{t('undoneText')}</Notice> : <h3>{t('done')}</h3>}
          {done && <Changes done={done} />}
          {i.report && <ReportBody report={i.report} job={i.import ?? i.job ?? ''} />}
        </div>
      </div>
      <div className={css.foot}>
        <UndoImport done={done} />
        <span style={{ flex: 1 }} />
        <Button tone="primary" onClick={() => inspect(null)} data-testid="inspection-another">
          {t('another')}
        </Button>
      </div>
    </>
  );
}
