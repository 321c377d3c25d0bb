// A file that is looked into before it is imported: what was found in it, step
// by step, with the map beside it. The address says which file and which step.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { discardInspection, type Inspection, useInspection } from '../api/inspections';
import { keys } from '../api/queries';
import { FollowedJob } from '../data/FollowedJob';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { type InspectionStep, inspectionSteps } from '../state/address';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Failure, Notice, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { Diagnosed } from './Diagnosed';
import { Imported } from './Imported';
import own from './inspections.module.css';
import { words } from './words';

const tones: Partial<Record<Inspection['state'], string>> = {
  inspecting: ui.accentTone,
  importing: ui.accentTone,
  ready: ui.warnTone,
  imported: ui.okTone,
  failed: ui.badTone,
};

export default function InspectionView({ id, step }: { id: string; step: InspectionStep }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const inspect = useWorkbench((s) => s.inspect);
  const client = useQueryClient();
  const query = useInspection(district, id);
  const [discarding, setDiscarding] = useState(false);
  const i = query.data;
  useEscape(() => inspect(null), discarding);
  const again = () => void client.invalidateQueries({ queryKey: keys.inspections(district) });
  const mayDiscard = i && (i.state === 'ready' || i.state === 'failed');
  return (
    <>
      <header className={css.head}>
        <h2 title={i?.name}>{i?.name ?? t('title')}</h2>
        {i && (
          <span
            className={`${ui.badge} ${tones[i.state] ?? ''}`}
            data-testid="inspection-state"
            data-state={i.state}
          >
            {t(`state.${i.state}`)}
          </span>
        )}
        {mayDiscard && (
          <IconButton
            icon="trash"
            small
            label={t('discard')}
            onClick={() => setDiscarding(true)}
            data-testid="inspection-discard"
          />
        )}
        <IconButton
          icon="close"
          small
          label={t('close')}
          onClick={() => inspect(null)}
          data-testid="inspection-close"
        />
      </header>
      {query.isPending ? (
        <Waiting rows={8} />
      ) : !i ? (
        <Failure error={query.error} retry={() => void query.refetch()} />
      ) : i.state === 'inspecting' || i.state === 'importing' ? (
        <div className={css.scroll}>
          {i.job ? <FollowedJob key={i.job} id={i.job} onEnd={again} /> : <Waiting rows={6} />}
        </div>
      ) : i.state === 'failed' ? (
        <div className={css.scroll}>
          <div className={css.section}>
            <Notice tone="bad">{i.error}</Notice>
            <div className={css.row}>
              <Button onClick={() => inspect(null)}>{t('backToData')}</Button>
              <Button tone="danger" icon="trash" onClick={() => setDiscarding(true)}>
                {t('discard')}
              </Button>
            </div>
          </div>
        </div>
      ) : i.state === 'discarded' ? (
        <div className={css.section}>
          <Notice>{t('gone')}</Notice>
          <Button onClick={() => inspect(null)}>{t('backToData')}</Button>
        </div>
      ) : i.state === 'imported' || i.state === 'undone' ? (
        <Imported inspection={i} />
      ) : i.diagnosis ? (
        <Diagnosed
          inspection={i}
          diagnosis={i.diagnosis}
          step={inspectionSteps.includes(step) ? step : 'file'}
        />
      ) : (
        <Waiting rows={8} />
      )}
      {i && discarding && <DiscardDialog inspection={i} onClose={() => setDiscarding(false)} />}
    </>
  );
}

function DiscardDialog({ inspection, onClose }: { inspection: Inspection; onClose: () => void }) {
  const t = useWords(words);
  const inspect = useWorkbench((s) => s.inspect);
  const client = useQueryClient();
  const sentence = useSentence();
  const [fault, setFault] = useState<string | null>(null);
  const discard = async () => {
    try {
      await discardInspection(inspection.id);
      inspect(null);
      void client.invalidateQueries({ queryKey: keys.inspections(inspection.district) });
      say(t('discarded'));
    } catch (error) {
      setFault(sentence(error));
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('discardTitle')}
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button tone="danger" icon="trash" onClick={() => void discard()} data-testid="discard-yes">
            {t('discard')}
          </Button>
        </>
      }
    >
      <p className={own.plain}>{t('discardText', { name: inspection.name })}</p>
      {fault && <Notice tone="bad">{fault}</Notice>}
    </Dialog>
  );
}

/** Esc closes the file, unless a dialog, a menu or a field takes the key. */
function useEscape(close: () => void, busy: boolean): void {
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (e.key !== 'Escape' || e.defaultPrevented || busy) return;
      if (document.querySelector('[role="dialog"], [role="listbox"], [role="menu"]')) return;
      if (e.target instanceof HTMLInputElement) return;
      close();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
}
