// The way from a selected community to its file, with how complete that is.
import { useFile } from '../api/dossiers';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { percent } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import ui from '../ui/ui.module.css';
import own from './dossier.module.css';
import PhotosOnMap from './PhotosOnMap';
import { Ring } from './Ring';
import { words } from './words';

export default function FileCard({ code }: { code: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const openSheet = useWorkbench((s) => s.openSheet);
  const query = useFile(district, code);
  const c = query.data?.completeness;
  const share = percent(c?.share);
  return (
    <div className={css.section} data-testid="file-card">
      <div className={own.ringRow}>
        <Ring share={c?.share ?? 0} size={30} label={`${t('completeness')} ${share}`} />
        <div style={{ flex: 1, minWidth: 0 }}>
          <div>{t('fileOf')}</div>
          <div className={ui.hint}>
            {t('completeness')} {share}
          </div>
        </div>
        <Button
          small
          icon="registry"
          onClick={() => openSheet({ kind: 'community', code, part: 'about' })}
          data-testid="open-file"
        >
          {t('file')}
        </Button>
      </div>
      <PhotosOnMap code={code} />
    </div>
  );
}
