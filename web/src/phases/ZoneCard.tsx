import type { HTMLAttributes, KeyboardEvent } from 'react';
import type { PhaseZone } from '../api/nouns';
import { useWords } from '../language';
import { count, percent } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Icon } from '../ui/icons';
import type { Placed } from './board';
import css from './phases.module.css';
import { money } from './said';
import { words } from './words';

/** Id of the sentence that says what the keys do; the board has it once. */
export const CARD_KEYS = 'phase-card-keys';

export function ZoneCard({
  zone: z,
  saved,
  placed,
  blamed,
  costed,
  lifted,
  movable,
  handlers,
  onKey,
  onFocus,
  onShow,
  onLock,
}: {
  /** As the shown plan judges it. */
  zone: PhaseZone;
  saved: PhaseZone;
  placed: Placed;
  blamed: boolean;
  /** Whether costs are known at all. */
  costed: boolean;
  lifted: boolean;
  movable: boolean;
  handlers: HTMLAttributes<HTMLElement>;
  onKey: (e: KeyboardEvent) => void;
  onFocus: () => void;
  onShow: () => void;
  onLock: () => void;
}) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const selected = useWorkbench((s) => s.selection?.kind === 'zone' && s.selection.code === z.code);
  const hovered = useWorkbench((s) => s.hovered?.kind === 'zone' && s.hovered.code === z.code);
  const hover = useWorkbench((s) => s.hover);
  const yearText = (year: number | null) => (year === null ? t('none') : String(year));
  const moved = placed.year !== saved.year;
  return (
    <li
      className={css.card}
      data-selected={selected}
      data-hover={hovered}
      data-lifted={lifted}
      data-moved={moved}
      data-blamed={blamed}
      data-testid="phase-card"
      data-code={z.code}
      onPointerEnter={() => hover({ kind: 'zone', code: z.code })}
      onPointerLeave={() => hover(null)}
    >
      <button
        type="button"
        className={css.cardMain}
        data-card={z.code}
        data-movable={movable}
        aria-describedby={CARD_KEYS}
        aria-current={selected || undefined}
        title={[z.name, moved ? t('moved', { year: yearText(saved.year) }) : '', z.why]
          .filter(Boolean)
          .join('\n')}
        onKeyDown={onKey}
        onFocus={onFocus}
        onClick={onShow}
        {...handlers}
      >
        <span>
          {blamed && <Icon name="warning" size={12} />}
          <strong>{z.name}</strong>
          <span className="visually-hidden">{yearText(placed.year)}</span>
        </span>
        <small>
          {money(costed ? z.cost_yuan : null, language)} · {t('communitiesN', { n: count(z.communities) })} ·{' '}
          <span data-unready={!z.ready && !z.begun}>
            {z.begun
              ? t('begun')
              : z.counts_masked
                ? t('masked')
                : z.consent_share === null
                  ? t('unasked')
                  : t('consentN', { p: percent(z.consent_share) })}
          </span>
        </small>
      </button>
      <button
        type="button"
        className={css.lock}
        aria-label={t(placed.locked ? 'unlock' : 'lock', { name: z.name })}
        aria-pressed={placed.locked}
        title={placed.locked ? t('locked', { year: yearText(placed.year) }) : t('lock', { name: z.name })}
        disabled={!movable || (placed.year === null && !placed.locked)}
        onClick={onLock}
        data-testid={`phase-lock-${z.code}`}
      >
        <Icon name={placed.locked ? 'lock' : 'unlock'} size={13} />
      </button>
    </li>
  );
}
