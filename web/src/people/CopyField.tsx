import { useWords } from '../language';
import { Button } from '../ui/Button';
import { copy } from '../ui/clipboard';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import css from './people.module.css';
import { words } from './words';

/** A text that is handed on: to be read, and to be copied with one press. */
export function CopyField({ label, text, testId }: { label: string; text: string; testId: string }) {
  const t = useWords(words);
  return (
    <div className={css.linkBox}>
      <input
        className={`${ui.input} ${css.mono}`}
        readOnly
        value={text}
        onFocus={(e) => e.target.select()}
        aria-label={label}
        data-testid={testId}
      />
      <Button
        icon="copy"
        data-testid={`${testId}-copy`}
        onClick={() =>
          void copy(text).then((worked) =>
            say(t(worked ? 'copied' : 'copyByHand'), worked ? undefined : { bad: true }),
          )
        }
      >
        {t('copy')}
      </Button>
    </div>
  );
}
