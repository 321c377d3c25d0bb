// A question for a reason, without which an act is not done.
import { useState } from 'react';
import { useWords } from '../language';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Field } from '../ui/Field';
import ui from '../ui/ui.module.css';
import { words } from './words';

export function ReasonDialog({
  title,
  label,
  act,
  optional,
  children,
  onClose,
  onSend,
}: {
  title: string;
  /** Null: no reason is asked for. */
  label: string | null;
  act: string;
  optional?: boolean;
  children?: React.ReactNode;
  onClose: () => void;
  /** Whether it was done. */
  onSend: (reason: string) => Promise<boolean>;
}) {
  const t = useWords(words);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    const done = await onSend(reason.trim());
    setBusy(false);
    if (done) onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      testId="reason-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            tone="primary"
            onClick={() => void send()}
            disabled={busy || (label !== null && !optional && reason.trim() === '')}
            data-testid="reason-send"
          >
            {act}
          </Button>
        </>
      }
    >
      {children}
      {label !== null && (
        <Field label={label}>
          {(id) => (
            <textarea
              id={id}
              className={ui.input}
              rows={3}
              maxLength={500}
              value={reason}
              onChange={(e) => setReason(e.target.value)}
              data-testid="reason-text"
            />
          )}
        </Field>
      )}
    </Dialog>
  );
}
