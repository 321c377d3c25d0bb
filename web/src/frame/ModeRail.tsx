import { useWords } from '../language';
import { modes } from '../state/address';
import { useWorkbench } from '../state/workbench';
import { Icon } from '../ui/icons';
import css from './frame.module.css';
import { words } from './words';

export function ModeRail() {
  const t = useWords(words);
  const mode = useWorkbench((s) => s.mode);
  const setMode = useWorkbench((s) => s.setMode);
  return (
    <nav className={css.rail} aria-label={t('modes')}>
      {modes.map((m) => (
        <button
          key={m}
          type="button"
          className={css.mode}
          aria-current={m === mode ? 'page' : undefined}
          onClick={() => setMode(m)}
          data-testid={`mode-${m}`}
        >
          <Icon name={m} size={20} strokeWidth={1.15} />
          {t(m)}
        </button>
      ))}
    </nav>
  );
}
