// The packages that were made: how far each is, and what can be done with it.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Package, removePackage, usePackages } from '../api/packages';
import { keys } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Empty, Failure, Notice, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import { PackageRow } from './PackageRow';
import { words } from './words';

export function PackageList() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const setTab = useWorkbench((s) => s.setPlanTab);
  const query = usePackages(district, true);
  const [removing, setRemoving] = useState<Package | null>(null);
  if (query.isPending) return <Waiting rows={6} />;
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  if (query.data.length === 0)
    return (
      <Empty
        icon="plans"
        title={t('madeEmpty')}
        action={<Button onClick={() => setTab('package')}>{t('toOrder')}</Button>}
      >
        {t('madeEmptyText')}
      </Empty>
    );
  return (
    <>
      <div className={css.scroll} data-testid="packages">
        {query.data.map((p) => (
          <PackageRow
            key={p.id}
            pack={p}
            first={query.data.find((f) => f.id === p.reproduces)}
            onRemove={() => setRemoving(p)}
          />
        ))}
      </div>
      {removing && <RemoveDialog pack={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}

function RemoveDialog({ pack, onClose }: { pack: Package; onClose: () => void }) {
  const t = useWords(words);
  const client = useQueryClient();
  const sentence = useSentence();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const remove = async () => {
    setBusy(true);
    try {
      await removePackage(pack.id);
      await client.invalidateQueries({ queryKey: keys.packages(pack.district) });
      say(t('removed'));
      onClose();
    } catch (error) {
      setFault(sentence(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('removeTitle')}
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            tone="danger"
            icon="trash"
            disabled={busy}
            onClick={() => void remove()}
            data-testid="package-remove-yes"
          >
            {t('remove')}
          </Button>
        </>
      }
    >
      <p>{t('removeText', { name: pack.title })}</p>
      {fault && <Notice tone="bad">{fault}</Notice>}
    </Dialog>
  );
}
