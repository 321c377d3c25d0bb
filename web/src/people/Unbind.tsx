import { useWords } from '../language';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { words } from './words';

/** Asks before a binding to the provider's identity is taken away. */
export function Unbind({
  title,
  text,
  onClose,
  onConfirm,
}: {
  title: string;
  text: string;
  onClose: () => void;
  onConfirm: () => void;
}) {
  const t = useWords(words);
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      width={400}
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button tone="danger" onClick={onConfirm} data-testid="identity-unbind-confirm">
            {t('unbind')}
          </Button>
        </>
      }
    >
      {text}
    </Dialog>
  );
}
