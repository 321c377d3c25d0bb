// Area plans: zones of the scenario are ticked, and one click makes the package
// that a bureau files; single files of zones, and what was made earlier.
import { useState } from 'react';
import { usePackages } from '../api/packages';
import { useDistrict, useSession, useZones } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { may } from '../people/capability';
import { planTabs } from '../state/address';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Segments } from '../ui/Field';
import { Empty, Failure, Waiting } from '../ui/State';
import { FileForm } from './FileForm';
import { PackageForm } from './PackageForm';
import { PackageList } from './PackageList';
import own from './plans.module.css';
import { words } from './words';

export default function PlansPanel() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const tab = useWorkbench((s) => s.planTab);
  const setTab = useWorkbench((s) => s.setPlanTab);
  const session = useSession();
  const allowed = may(session.data, 'export');
  const made = usePackages(district, allowed).data?.length ?? 0;
  return (
    <>
      <header className={css.head}>
        <h2>{t('title')}</h2>
      </header>
      <div className={own.tabs}>
        <Segments
          label={t('tabs')}
          value={tab}
          options={planTabs.map((value) => ({
            value,
            label: value === 'made' && made > 0 ? t('tab.madeN', { n: made }) : t(`tab.${value}`),
          }))}
          onChange={setTab}
          testId="plans"
        />
      </div>
      {tab !== 'made' ? (
        <OfZones tab={tab} />
      ) : allowed ? (
        <PackageList />
      ) : (
        session.isSuccess && <Empty icon="lock" title={t('noRight')} />
      )}
    </>
  );
}

function OfZones({ tab }: { tab: 'package' | 'file' }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const selection = useWorkbench((s) => s.selection);
  const setMode = useWorkbench((s) => s.setMode);
  const session = useSession();
  const zones = useZones(district);
  const info = useDistrict(district);
  const [ticked, setTicked] = useState<readonly string[]>(() =>
    selection?.kind === 'zone' ? [selection.code] : [],
  );
  const refused = may(session.data, 'export') ? null : t('noRight');
  if (zones.isPending || info.isPending) return <Waiting />;
  if (zones.isError) return <Failure error={zones.error} retry={() => void zones.refetch()} />;
  if (info.isError) return <Failure error={info.error} retry={() => void info.refetch()} />;
  if (zones.data.length === 0)
    return (
      <Empty
        icon="plans"
        title={t('emptyTitle')}
        action={<Button onClick={() => setMode('zones')}>{t('toZones')}</Button>}
      >
        {t('emptyText')}
      </Empty>
    );
  const given = {
    district: info.data,
    zones: zones.data,
    ticked: ticked.filter((code) => zones.data.some((z) => z.code === code)),
    onTick: setTicked,
    refused,
  };
  return tab === 'package' ? <PackageForm {...given} /> : <FileForm {...given} />;
}
