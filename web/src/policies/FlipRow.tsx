import type { Flip } from '../api/policy';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import css from './policies.module.css';
import { Verdicts } from './Verdicts';
import { words } from './words';

/** A community that changes; opened, it says why and the map goes there. */
export function FlipRow({ flip: f, open, onOpen }: { flip: Flip; open: boolean; onOpen: () => void }) {
  const t = useWords(words);
  const select = useWorkbench((s) => s.select);
  const show = () => {
    onOpen();
    if (open) return;
    select({ kind: 'community', code: f.code });
    if (f.location) useControl.getState().controller?.lookAt(null, f.location);
  };
  return (
    <li className={css.flip} data-testid={`flip-${f.code}`}>
      <button type="button" aria-expanded={open} onClick={show}>
        <span className={css.flipName}>{f.name}</span>
        <Verdicts from={f.before} to={f.after} />
      </button>
      {f.override && <p className={css.held}>{t('override', { verdict: t(f.override) })}</p>}
      {open &&
        f.reasons.map((r) => (
          <dl key={`${r.rule}${r.fact}`} className={css.reason}>
            <dt>
              {r.clause} {r.rule}
              {r.ambiguity ? ` · ${r.ambiguity}` : ''}
            </dt>
            <dd>
              <small>{t('from')}</small>
              {r.text_before || t('notAsked')}
            </dd>
            <dd>
              <small>{t('to')}</small>
              {r.text_after || t('notAsked')}
            </dd>
          </dl>
        ))}
    </li>
  );
}
