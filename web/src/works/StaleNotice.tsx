// Somebody else saved first: the person looks at theirs, or saves their own on top.
import { useWords } from '../language';
import { Button } from '../ui/Button';
import { Notice } from '../ui/State';
import { words } from './words';
import css from './works.module.css';

export function StaleNotice({
  who,
  busy,
  onTheirs,
  onMine,
}: {
  who: string;
  busy: boolean;
  onTheirs: () => void;
  onMine: () => void;
}) {
  const t = useWords(words);
  return (
    <Notice tone="bad">
      <div className={css.stale} data-testid="works-stale">
        {t('stale', { who: who || t('someone') })}
        <Button small disabled={busy} onClick={onTheirs} data-testid="works-theirs">
          {t('theirs')}
        </Button>
        <Button small tone="danger" disabled={busy} onClick={onMine} data-testid="works-mine">
          {t('mine')}
        </Button>
      </div>
    </Notice>
  );
}
