import { useState } from 'react';
import { useIdleBuilding, useSession } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { coordinate, count, floorArea, landArea, moment } from '../language/format';
import { useControl } from '../map/control';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { DemoMark, Failure, Waiting } from '../ui/State';
import { IdleBuildingForm } from './IdleBuildingForm';
import { idleWords } from './idleWords';
import own from './registry.module.css';

/** A building that stands empty: what it is, and the way to siting, for which it is a candidate. */
export default function IdleBuildingInspector({ code }: { code: string }) {
  const t = useWords(idleWords);
  const { district, language, select, setMode, setTab } = useWorkbench();
  const session = useSession();
  const query = useIdleBuilding(district, code);
  const [editing, setEditing] = useState(false);
  if (query.isPending) return <Waiting rows={8} />;
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  const b = query.data;
  const refused = may(session.data, 'edit.register', b.subdistrict_code)
    ? null
    : may(session.data, 'edit.register')
      ? t('noRightHere')
      : t('noRight');
  if (editing) return <IdleBuildingForm building={b} onDone={() => setEditing(false)} />;
  const generated = new Set(b.generated ?? []);
  const rows: [string, string, string][] = [
    ['address', t('address'), b.address || '—'],
    ['floor_area_m2', t('floor_area_m2'), floorArea(b.floor_area_m2, language)],
    ['footprint_m2', t('footprint'), landArea(b.footprint_m2, language)],
    ['storeys', t('storeys'), count(b.storeys)],
    ['owner_kind', t('owner_kind'), t(`owner.${b.owner_kind}`)],
    ['use_before', t('use_before'), b.use_before || '—'],
    ['available_from', t('available_from'), b.available_from ?? '—'],
    ['remark', t('remark'), b.remark || '—'],
    ['location', 'CGCS2000', b.location ? coordinate(b.location) : '—'],
    ['source', t('source'), b.source || '—'],
    ['updated_at', t('updated'), moment(b.updated_at)],
  ];
  return (
    <>
      <div className={own.title}>
        <div className={own.titleRow}>
          <h2 data-testid="inspector-title">{b.name || t('unnamed')}</h2>
          <IconButton
            icon="pencil"
            label={t('edit')}
            small
            refused={refused}
            onClick={() => setEditing(true)}
            data-testid="idle-edit"
          />
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
          <span>{t('idle')}</span>
          <span>{b.code}</span>
          {generated.size > 0 && <DemoMark />}
        </div>
      </div>
      <div className={css.scroll}>
        <div className={css.section}>
          <dl className={css.facts} data-testid="idle-facts">
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
        <div className={css.section}>
          <Button
            icon="coverage"
            onClick={() => {
              setMode('coverage');
              setTab('sites');
            }}
            data-testid="idle-to-sites"
          >
            {t('toSites')}
          </Button>
        </div>
      </div>
    </>
  );
}
