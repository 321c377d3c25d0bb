import type { ProposalZone } from '../api/nouns';
import { useWords } from '../language';
import { count, floorArea, metres } from '../language/format';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import ui from '../ui/ui.module.css';
import own from './proposals.module.css';
import { words } from './words';

/** One proposed zone: its figures, and where it breaks what was asked (locked zones only). */
export function ZoneRow({
  zone: z,
  colour,
  chosen,
  onChoose,
}: {
  zone: ProposalZone;
  colour: string;
  chosen: boolean;
  onChoose: ((on: boolean) => void) | null;
}) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const totals = z.totals;
  return (
    <div className={own.zone} data-testid="proposal-zone">
      {onChoose ? (
        <input
          type="checkbox"
          checked={chosen}
          aria-label={t('select', { n: z.index })}
          onChange={(e) => onChoose(e.target.checked)}
        />
      ) : (
        <span />
      )}
      <i style={{ background: colour }} />
      <button type="button" onClick={() => useControl.getState().controller?.lookAt(z.bbox, z.center)}>
        <strong>
          {t('zone', { n: z.index })}
          {z.locked && <span className={ui.hint}> {t('lockedZone')}</span>}
        </strong>
        <span>
          {t('figures', { communities: count(totals.communities), households: count(totals.households) })}
          {' · '}
          {floorArea(totals.floor_area_m2, language)}
        </span>
        <span title={t('certificate', { n: z.links.length })}>
          {t('stringsM', { m: metres(z.length_m) })}
        </span>
        {z.broken.map((b) => (
          <span key={b} className={own.broken}>
            {t('broken')}：{b}
          </span>
        ))}
      </button>
    </div>
  );
}
