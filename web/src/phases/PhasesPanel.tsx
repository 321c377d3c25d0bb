import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Empty, Failure, Waiting } from '../ui/State';
import { PlanView } from './PlanView';
import { SettingsForm } from './SettingsForm';
import { usePhases } from './usePhases';
import { words } from './words';

/** What the phasing is planned by, the proposal, and what the shown plan breaks. */
export function PhasesPanel() {
  const t = useWords(words);
  const phases = usePhases();
  const setMode = useWorkbench((s) => s.setMode);
  const { saved, stored } = phases;
  if (stored.isError) return <Failure error={stored.error} retry={() => void stored.refetch()} />;
  if (!stored.data || saved.isPending) return <Waiting rows={7} />;
  return (
    <div className={css.scroll}>
      {saved.isError ? (
        <Failure error={saved.error} retry={() => void saved.refetch()} />
      ) : saved.data.zones.length === 0 ? (
        <Empty
          icon="program"
          title={t('noZones')}
          action={<Button onClick={() => setMode('zones')}>{t('toZones')}</Button>}
        >
          {t('noZonesText')}
        </Empty>
      ) : (
        <PlanView phases={phases} />
      )}
      <SettingsForm phases={phases} stored={stored.data} />
    </div>
  );
}
