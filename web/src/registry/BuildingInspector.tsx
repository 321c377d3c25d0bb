import { lazy, Suspense } from 'react';
import { useBuilding } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, floorArea } from '../language/format';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { IconButton } from '../ui/Button';
import { DemoMark, Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './registry.module.css';
import { words } from './words';

const ProofSection = lazy(() => import('../coverage/ProofSection'));

export default function BuildingInspector({ code }: { code: string }) {
  const t = useWords(words);
  const { district, language, select } = useWorkbench();
  const proven = useWorkbench((s) => s.mode === 'coverage' && s.tab === 'runs' && s.run !== null);
  const query = useBuilding(district, code);
  if (query.isPending) return <Waiting rows={7} />;
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  const b = query.data;
  const generated = new Set(b.generated ?? []);
  const use = `use.${b.use}`;
  const rows: [string, string, string][] = [
    ['use', t('use'), use in words ? t(use as keyof typeof words) : b.use],
    ['storeys', t('storeys'), count(b.storeys)],
    ['height_m', t('height'), b.height_m === null ? '—' : `${b.height_m.toFixed(1)} m`],
    ['built_year', t('builtYear'), b.built_year === null ? '—' : t('year', { n: b.built_year })],
    ['households', t('households'), count(b.households)],
    ['floor_area_m2', t('floorArea'), floorArea(b.floor_area_m2, language)],
    ['footprint_m2', t('footprint'), floorArea(b.footprint_m2, language)],
    ['source', t('source'), b.source || '—'],
  ];
  return (
    <>
      <div className={own.title}>
        <div className={own.titleRow}>
          <h2 data-testid="inspector-title">{b.name || t('unnamed')}</h2>
          <IconButton
            icon="locate"
            label={t('locate')}
            small
            onClick={() => useControl.getState().controller?.lookAt(b.bbox, b.location)}
          />
          <IconButton
            icon="close"
            label={t('close')}
            small
            onClick={() => select(null)}
            data-testid="inspector-close"
          />
        </div>
        <div className={own.sub}>
          <span>{t('building')}</span>
          <span>{b.code}</span>
        </div>
      </div>
      <div className={css.scroll}>
        {proven && (
          <Suspense fallback={<Waiting rows={3} />}>
            <ProofSection code={b.code} />
          </Suspense>
        )}
        {b.community_code && (
          <div className={css.section}>
            <button
              type="button"
              className={own.buildingRow}
              onClick={() => select({ kind: 'community', code: b.community_code ?? '' })}
            >
              <span>{b.community_name || b.community_code}</span>
              <span className={`${ui.badge} ${ui.plain}`}>{t('community')}</span>
            </button>
          </div>
        )}
        <div className={css.section}>
          <dl className={css.facts}>
            {rows.map(([key, label, value]) => (
              <div key={key}>
                <dt>{label}</dt>
                <dd>
                  {value}
                  {generated.has(key) && <DemoMark />}
                </dd>
              </div>
            ))}
          </dl>
        </div>
      </div>
    </>
  );
}
