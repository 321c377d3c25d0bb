import type { Flip } from '../api/policy';
import { useWords } from '../language';
import css from './policies.module.css';
import { words } from './words';

/** From which verdict to which. */
export function Verdicts({ from, to }: { from: Flip['before']; to: Flip['after'] }) {
  const t = useWords(words);
  return (
    <span className={css.pair}>
      <i className={css[`v_${from}`]}>{t(from)}</i>→<i className={css[`v_${to}`]}>{t(to)}</i>
    </span>
  );
}
