// The zones that go into a package or a file.
import type { Zone } from '../api/nouns';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, landArea } from '../language/format';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import own from './plans.module.css';
import { words } from './words';

export function ZonePicker({
  zones,
  ticked,
  onTick,
}: {
  zones: readonly Zone[];
  ticked: readonly string[];
  onTick: (codes: readonly string[]) => void;
}) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const selection = useWorkbench((s) => s.selection);
  const select = useWorkbench((s) => s.select);
  const hover = useWorkbench((s) => s.hover);
  const chosen = zones.filter((z) => ticked.includes(z.code)).length;
  return (
    <div className={css.section}>
      <h3>
        {t('zonesOf', { n: chosen, all: zones.length })}
        <Button
          small
          tone="ghost"
          onClick={() => onTick(chosen === zones.length ? [] : zones.map((z) => z.code))}
          data-testid="tick-all"
        >
          {chosen === zones.length ? t('none') : t('all')}
        </Button>
      </h3>
      <div className={own.zones}>
        {zones.map((z) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: hovering only shows the zone on the map; its controls are inside
          <div
            key={z.code}
            className={own.zone}
            onMouseEnter={() => hover({ kind: 'zone', code: z.code })}
            onMouseLeave={() => hover(null)}
            aria-current={selection?.code === z.code}
          >
            <input
              type="checkbox"
              checked={ticked.includes(z.code)}
              aria-label={z.name}
              onChange={(e) =>
                onTick(e.target.checked ? [...ticked, z.code] : ticked.filter((c) => c !== z.code))
              }
              data-testid="plan-zone"
            />
            <button
              type="button"
              onClick={() => {
                select({ kind: 'zone', code: z.code });
                useControl.getState().controller?.lookAt(z.bbox, null);
              }}
            >
              <strong>{z.name}</strong>
              <span>
                {landArea(z.totals.area_m2, language)} ·{' '}
                {t('communities', { n: count(z.totals.communities) })} ·{' '}
                {t('households', { n: count(z.totals.households) })}
              </span>
            </button>
          </div>
        ))}
      </div>
    </div>
  );
}
