import { useZones } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, landArea } from '../language/format';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Empty, Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import type { useTools } from './useTools';
import { words } from './words';
import own from './zones.module.css';

export function ZoneList({ take, refused }: ReturnType<typeof useTools>) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const language = useWorkbench((s) => s.language);
  const selection = useWorkbench((s) => s.selection);
  const hovered = useWorkbench((s) => s.hovered);
  const { select, hover, open } = useWorkbench.getState();
  const zones = useZones(district);
  return (
    <>
      <header className={css.head}>
        <h2>{t('title')}</h2>
        <span className={ui.hint}>{zones.data ? t('list', { n: zones.data.length }) : ''}</span>
        <Button small onClick={() => open({ proposal: 'new' })} data-testid="propose-zones">
          {t('propose')}
        </Button>
      </header>
      <div className={css.section}>
        <div className={css.two}>
          <Button
            tone="primary"
            icon="polygon"
            refused={refused}
            onClick={() => void take('polygon')}
            data-testid="draw-polygon"
          >
            {t('draw')}
          </Button>
          <Button icon="brush" refused={refused} onClick={() => void take('brush')} data-testid="paint-zone">
            {t('paint')}
          </Button>
        </div>
      </div>
      <div className={css.scroll} data-testid="zone-list">
        {zones.isPending ? (
          <Waiting />
        ) : zones.isError ? (
          <Failure error={zones.error} retry={() => void zones.refetch()} />
        ) : zones.data.length === 0 ? (
          <Empty icon="zones" title={t('emptyTitle')}>
            {t('emptyText')}
          </Empty>
        ) : (
          zones.data.map((z) => (
            <button
              key={z.code}
              type="button"
              className={own.zone}
              aria-current={selection?.kind === 'zone' && selection.code === z.code}
              data-hover={hovered?.kind === 'zone' && hovered.code === z.code}
              data-testid="zone-item"
              onMouseEnter={() => hover({ kind: 'zone', code: z.code })}
              onMouseLeave={() => hover(null)}
              onClick={() => {
                select({ kind: 'zone', code: z.code });
                useControl.getState().controller?.lookAt(z.bbox, null);
              }}
            >
              <span className={own.zoneName}>
                {z.name}
                <span>{landArea(z.totals.area_m2, language)}</span>
              </span>
              <span className={own.zoneFacts}>
                <span>
                  {t('communities')} {count(z.totals.communities)}
                </span>
                <span>
                  {t('buildings')} {count(z.totals.buildings)}
                </span>
                <span>
                  {t('households')} {count(z.totals.households)}
                </span>
              </span>
            </button>
          ))
        )}
      </div>
    </>
  );
}
