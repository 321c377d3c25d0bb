// Asks before zones of the other scenario are copied into this one.
import { useState } from 'react';
import type { Scenario } from '../api/nouns';
import { useWords } from '../language';
import { useSteps } from '../state/undo';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import { useScenarioActions } from './useScenarioActions';
import { words } from './words';

export function TakeDialog({
  into,
  from,
  zones,
  onClose,
  onTaken,
}: {
  into: Scenario;
  from: Scenario;
  zones: readonly string[];
  onClose: () => void;
  onTaken: () => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const actions = useScenarioActions();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const take = async () => {
    setBusy(true);
    setFault(null);
    try {
      await actions.take(into.code, from, zones);
      say(t('taken', { n: zones.length }), {
        action: { label: t('undo'), run: () => void useSteps.getState().undo() },
      });
      onTaken();
      onClose();
    } catch (error) {
      setFault(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('takeTitle', { n: zones.length, name: into.name })}
      width={420}
      testId="take-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button tone="primary" disabled={busy} onClick={() => void take()} data-testid="take-confirm">
            {t('take')}
          </Button>
        </>
      }
    >
      {t('takeText')}
      {fault && <Notice tone="bad">{fault}</Notice>}
    </Dialog>
  );
}
