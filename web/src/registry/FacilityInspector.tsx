import { useDistrict, useFacility, useFacilityTypes } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { coordinate, count } from '../language/format';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { DemoMark, Failure, Waiting } from '../ui/State';
import own from './registry.module.css';
import { words } from './words';

export default function FacilityInspector({ code }: { code: string }) {
  const t = useWords(words);
  const { district, language, select, setMode } = useWorkbench();
  const query = useFacility(district, code);
  const profile = useDistrict(district).data?.profile_key ?? '';
  const types = useFacilityTypes(profile);
  if (query.isPending) return <Waiting rows={6} />;
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  const f = query.data;
  const type = types.data?.find((x) => x.key === f.facility_type);
  const typeName = (language === 'en' ? type?.name_en : type?.name) ?? f.facility_type;
  const generated = new Set(f.generated ?? []);
  const made =
    generated.size > 0 && (generated.has('location') || generated.has('geom') || generated.has('name'));
  const rows: [string, string, string][] = [
    ['facility_type', t('facilityType'), typeName],
    ['address', t('address'), f.address || '—'],
    ['capacity', t('capacity'), count(f.capacity)],
    ['location', 'CGCS2000', f.location ? coordinate(f.location) : '—'],
    ['source', t('source'), f.source || '—'],
  ];
  return (
    <>
      <div className={own.title}>
        <div className={own.titleRow}>
          <h2 data-testid="inspector-title">{f.name || typeName}</h2>
          <IconButton
            icon="locate"
            label={t('locate')}
            small
            onClick={() => useControl.getState().controller?.lookAt(null, f.location)}
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
          <span>{t('facility')}</span>
          <span>{typeName}</span>
          {made && <DemoMark />}
        </div>
      </div>
      <div className={css.scroll}>
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
        <div className={css.section}>
          <Button
            icon="coverage"
            onClick={() => {
              sessionStorage.setItem('lianpian.facility-type', f.facility_type);
              setMode('coverage');
            }}
          >
            {t('runHere')}
          </Button>
        </div>
      </div>
    </>
  );
}
