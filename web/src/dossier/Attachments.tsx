// Photographs and papers of a community or a project.
import { useQueryClient } from '@tanstack/react-query';
import { type DragEvent, useRef, useState } from 'react';
import {
  type Attachment,
  attach,
  attachmentContent,
  attachmentThumbnail,
  deleteAttachment,
  type Owner,
  useAttachments,
} from '../api/dossiers';
import { keys, useCommunity, useSession } from '../api/queries';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Icon } from '../ui/icons';
import { Failure, Notice, useSentence, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './dossier.module.css';
import { words } from './words';

export default function Attachments({ project, community }: { project?: string; community?: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const session = useSession();
  const of: Owner = project !== undefined ? { project } : { community: community ?? '' };
  const query = useAttachments(district, of);
  const home = useCommunity(district, community ?? null);
  const refused = may(session.data, 'edit.program', community ? home.data?.subdistrict_code : null)
    ? null
    : may(session.data, 'edit.program')
      ? t('noRightHere')
      : t('noRight');
  if (query.isPending) return <Waiting rows={5} />;
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  const photographs = query.data.filter((a) => a.kind === 'photograph');
  const papers = query.data.filter((a) => a.kind !== 'photograph');
  return (
    <>
      {refused === null && <Adding of={of} />}
      <section className={own.block}>
        <h3>
          {t('photographs')} <span className={ui.hint}>{photographs.length}</span>
        </h3>
        {photographs.length === 0 ? (
          <p className={ui.hint}>{t('noPhotographs')}</p>
        ) : (
          <div className={own.pictures} data-testid="photographs">
            {photographs.map((a) => (
              <Picture key={a.id} attachment={a} refused={refused} />
            ))}
          </div>
        )}
      </section>
      <section className={own.block}>
        <h3>
          {t('papers')} <span className={ui.hint}>{papers.length}</span>
        </h3>
        {papers.length === 0 ? (
          <p className={ui.hint}>{t('noPapers')}</p>
        ) : (
          <table className={own.table} data-testid="papers">
            <thead>
              <tr>
                <th>{t('title')}</th>
                <th>{t('takenOn')}</th>
                <th className={own.number}>{t('size')}</th>
                <th>{t('who')}</th>
                <th style={{ width: 80 }} />
              </tr>
            </thead>
            <tbody>
              {papers.map((a) => (
                <tr key={a.id}>
                  <td className={own.name}>{a.title}</td>
                  <td className={own.quiet}>{a.taken_on ?? a.at.slice(0, 10)}</td>
                  <td className={own.number}>{size(a.size)}</td>
                  <td className={own.quiet}>{a.by || '—'}</td>
                  <td>
                    <span className={own.line}>
                      <a
                        href={attachmentContent(district, a.id)}
                        download={a.file_name}
                        title={t('download')}
                        aria-label={`${t('download')} ${a.title}`}
                      >
                        <Icon name="download" size={15} />
                      </a>
                      <Removing attachment={a} refused={refused} />
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
    </>
  );
}

function Picture({ attachment: a, refused }: { attachment: Attachment; refused: string | null }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const openSheet = useWorkbench((s) => s.openSheet);
  const place = a.location;
  return (
    <figure className={own.picture} data-testid="photograph">
      <a href={attachmentContent(district, a.id, true)} target="_blank" rel="noreferrer">
        <img src={attachmentThumbnail(district, a.id)} alt={a.title} />
      </a>
      <div>
        <strong title={a.title}>{a.title}</strong>
        <div className={own.pictureFoot}>
          <span>{a.taken_on ?? a.at.slice(0, 10)}</span>
          {place && (
            <IconButton
              icon="pin"
              small
              label={t('locate')}
              onClick={() => {
                openSheet(null);
                if (a.community) useWorkbench.getState().select({ kind: 'community', code: a.community });
                useControl.getState().controller?.lookAt(null, place);
              }}
              data-testid="photograph-locate"
            />
          )}
          <Removing attachment={a} refused={refused} />
        </div>
      </div>
    </figure>
  );
}

function Removing({ attachment: a, refused }: { attachment: Attachment; refused: string | null }) {
  const t = useWords(words);
  const client = useQueryClient();
  const sentence = useSentence();
  const district = useWorkbench((s) => s.district);
  const [asking, setAsking] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  if (refused !== null) return null;
  const remove = async () => {
    try {
      await deleteAttachment(district, a.id);
      setAsking(false);
      await client.invalidateQueries({ queryKey: keys.files(district) });
    } catch (error) {
      setFault(sentence(error));
    }
  };
  return (
    <>
      <IconButton
        icon="trash"
        small
        label={t('remove')}
        onClick={() => setAsking(true)}
        data-testid="attachment-remove"
      />
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('removeAsk', { name: a.title })}
        foot={
          <>
            <Button onClick={() => setAsking(false)}>{t('cancel')}</Button>
            <Button tone="danger" onClick={() => void remove()} data-testid="attachment-remove-yes">
              {t('remove')}
            </Button>
          </>
        }
      >
        <p>{t('removeText')}</p>
        {fault && <Notice tone="bad">{fault}</Notice>}
      </Dialog>
    </>
  );
}

function Adding({ of }: { of: Owner }) {
  const t = useWords(words);
  const client = useQueryClient();
  const sentence = useSentence();
  const district = useWorkbench((s) => s.district);
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [sending, setSending] = useState<string | null>(null);
  const [faults, setFaults] = useState<string[]>([]);
  const take = async (list: FileList | null) => {
    const files = [...(list ?? [])];
    const wrong: string[] = [];
    setFaults([]);
    for (const f of files) {
      setSending(f.name);
      try {
        await attach(district, of, f, {});
      } catch (error) {
        wrong.push(`${f.name}：${sentence(error)}`);
      }
    }
    setSending(null);
    setFaults(wrong);
    await client.invalidateQueries({ queryKey: keys.files(district) });
  };
  const onDrop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    void take(e.dataTransfer.files);
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept=".jpg,.jpeg,.png,.pdf,.docx,.xlsx"
        onChange={(e) => {
          void take(e.target.files).finally(() => {
            if (input.current) input.current.value = '';
          });
        }}
        data-testid="attach-file"
      />
      <button
        type="button"
        className={own.drop}
        data-over={over}
        disabled={sending !== null}
        onClick={() => input.current?.click()}
        onDragOver={(e) => {
          e.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
        data-testid="attach-drop"
      >
        <Icon name="upload" size={22} strokeWidth={1.1} />
        <div>
          <strong>{sending === null ? t('dropFiles') : t('sendingFile', { name: sending })}</strong>
          <span>
            {t('fileKinds')} {t('noPersons')}
          </span>
        </div>
      </button>
      {faults.map((f) => (
        <Notice key={f} tone="bad">
          {f}
        </Notice>
      ))}
    </>
  );
}

function size(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
