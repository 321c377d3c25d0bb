import { useSession } from '../api/queries';
import { scorecardFile } from '../api/scorecards';
import { useWords } from '../language';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Icon } from '../ui/icons';
import ui from '../ui/ui.module.css';
import { words } from './words';

/** The whole scorecard as a file. */
export function ExportLinks({ batch }: { batch: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const session = useSession();
  const allowed = may(session.data, 'export');
  return (
    <>
      {(['xlsx', 'csv'] as const).map((format) => {
        const label = t(format === 'xlsx' ? 'exportXlsx' : 'exportCsv');
        return allowed ? (
          <a
            key={format}
            className={`${ui.button} ${ui.small}`}
            href={scorecardFile(district, batch, format)}
            download
            data-testid={`score-export-${format}`}
          >
            <Icon name="download" size={14} />
            {label}
          </a>
        ) : (
          <Button key={format} small icon="download" refused={session.data ? t('noExport') : null}>
            {label}
          </Button>
        );
      })}
    </>
  );
}
