// What a part of the file says of its saving: a fault, or that somebody was faster.
import { useWords } from '../language';
import { Button } from '../ui/Button';
import { Notice } from '../ui/State';
import own from './dossier.module.css';
import type { FileWrite } from './useFileWrite';
import { words } from './words';

export function WriteState({ write }: { write: FileWrite }) {
  const t = useWords(words);
  return (
    <>
      {write.fault && <Notice tone="bad">{write.fault}</Notice>}
      {write.newer && (
        <Notice tone="warn">
          <div className={own.line} data-testid="file-conflict">
            <span>
              {t('conflict', { who: write.newer.updated_by || t('someone') })} {t('conflictText')}
            </span>
            <Button small icon="refresh" onClick={write.load} data-testid="file-load-newest">
              {t('loadNewest')}
            </Button>
          </div>
        </Notice>
      )}
    </>
  );
}
