// A package: being made, ready to be taken away, or what became of it.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import * as api from '../api/endpoints';
import type { Job } from '../api/nouns';
import { type Package, packageFile, reproducePackage } from '../api/packages';
import { keys, useSession } from '../api/queries';
import { isFinal, useJob } from '../data/useJob';
import { useWords } from '../language';
import { duration, fileSize, moment } from '../language/format';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { saveLargeFile } from './download';
import { parts } from './order';
import own from './plans.module.css';
import { words } from './words';

const tones: Record<Package['state'], string | undefined> = {
  making: ui.accentTone,
  ready: ui.okTone,
  failed: ui.badTone,
  cancelled: '',
  expired: '',
};

export function PackageRow({
  pack,
  first,
  onRemove,
}: {
  pack: Package;
  /** The package that this one was made again from, where it is still there. */
  first: Package | undefined;
  onRemove: () => void;
}) {
  const t = useWords(words);
  const client = useQueryClient();
  const sentence = useSentence();
  const session = useSession();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const refused = may(session.data, 'export') ? null : t('noRight');
  const working = pack.state === 'making';
  const ready = pack.state === 'ready';
  const act = async (what: () => Promise<void>) => {
    setBusy(true);
    setFault(null);
    try {
      await what();
    } catch (error) {
      setFault(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  const again = () =>
    act(async () => {
      await reproducePackage(pack.id);
      await client.invalidateQueries({ queryKey: keys.packages(pack.district) });
      say(t('againStarted'));
    });
  const held = parts.filter((p) => pack.order.parts?.includes(p));
  return (
    <article className={own.pack} data-testid="package" data-state={pack.state}>
      <header>
        <strong title={pack.title}>{pack.title}</strong>
        <span className={`${ui.badge} ${tones[pack.state] ?? ''}`} data-testid="package-state">
          {t(`state.${pack.state}`)}
        </span>
      </header>
      <p>
        <span title={(pack.zones ?? []).join(t('and'))}>{t('zonesN', { n: pack.order.zones.length })}</span> ·{' '}
        {held.map((p) => t(`part.${p}`)).join(t('and'))}
      </p>
      {working && pack.job && <Progress job={pack.job} district={pack.district} />}
      {pack.state === 'failed' && pack.error && <Notice tone="bad">{pack.error}</Notice>}
      {fault && <Notice tone="bad">{fault}</Notice>}
      <p className={own.packFacts}>
        <span>
          {t('by', { who: pack.created_by || '—', when: moment(pack.created_at) })}
          {ready && pack.expires_at && ` · ${t('until', { when: day(pack.expires_at) })}`}
          {pack.state === 'expired' && pack.expires_at && ` · ${t('gone', { when: day(pack.expires_at) })}`}
        </span>
      </p>
      {ready && pack.reproduces && (
        <p className={own.packFacts} data-testid="package-reproduced">
          <span>
            {!first?.sha256 ? t('reproduced') : first.sha256 === pack.sha256 ? t('same') : t('differs')}
            {first?.sha256 &&
              first.sha256 !== pack.sha256 &&
              first.software &&
              t('madeBy', { first: first.software, now: pack.software })}
          </span>
        </p>
      )}
      {ready && <Contents pack={pack} />}
      {!working && (
        <div className={own.packTools}>
          {ready && (
            <Button
              small
              tone="primary"
              icon="download"
              disabled={busy}
              refused={refused ?? (pack.may_download ? null : t('outOfScope'))}
              onClick={() => void act(() => saveLargeFile(packageFile(pack.id)))}
              data-testid="package-download"
            >
              {t('download')} {pack.size !== null && fileSize(pack.size)}
            </Button>
          )}
          {(ready || pack.state === 'expired') && (
            <span title={t('againTip')}>
              <Button
                small
                icon="refresh"
                disabled={busy}
                refused={refused}
                onClick={() => void again()}
                data-testid="package-again"
              >
                {t('again')}
              </Button>
            </span>
          )}
          {pack.sha256 && (
            <code title={`SHA-256 ${pack.sha256}`} data-testid="package-sum">
              {pack.sha256.slice(0, 8)}…
            </code>
          )}
          <IconButton
            icon="trash"
            small
            label={t('remove')}
            onClick={onRemove}
            data-testid="package-remove"
          />
        </div>
      )}
    </article>
  );
}

/** The files inside, and what is not in it. */
function Contents({ pack }: { pack: Package }) {
  const t = useWords(words);
  const files = pack.files ?? [];
  const notices = pack.notices ?? [];
  if (files.length + notices.length === 0) return null;
  return (
    <details className={own.contents}>
      <summary>
        {t('filesN', { n: files.length })}
        {notices.length > 0 && ` · ${t('noticesN', { n: notices.length })}`}
      </summary>
      {notices.map((n) => (
        <Notice key={n}>{n}</Notice>
      ))}
      <ul aria-label={t('contents')}>
        {files.map((f) => (
          <li key={f.name}>
            <span>{f.name}</span>
            <span>{fileSize(f.size)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

const day = (iso: string) => moment(iso).slice(0, 10);

/** How far a package is; when it is done, the list is asked anew. */
function Progress({ job: id, district }: { job: string; district: string }) {
  const [job, setJob] = useState<Job | null>(null);
  useEffect(() => {
    let here = true;
    void api.job(id).then(
      (j) => here && setJob(j),
      () => {},
    );
    return () => {
      here = false;
    };
  }, [id]);
  return job ? <Running job={job} district={district} /> : <div className={`${ui.bar} ${ui.barMoving}`} />;
}

function Running({ job: initial, district }: { job: Job; district: string }) {
  const t = useWords(words);
  const client = useQueryClient();
  const language = useWorkbench((s) => s.language);
  const { job, lost } = useJob(initial);
  const ended = isFinal(job.state);
  useEffect(() => {
    if (ended) void client.invalidateQueries({ queryKey: keys.packages(district) });
  }, [ended, client, district]);
  return (
    <div className={own.running} data-testid="package-progress">
      <div
        className={`${ui.bar} ${job.total > 0 ? '' : ui.barMoving}`}
        role="progressbar"
        aria-label={job.title}
        aria-valuemin={0}
        aria-valuemax={job.total || undefined}
        aria-valuenow={job.total ? job.done : undefined}
      >
        <i style={{ width: job.total > 0 ? `${Math.min(100, (100 * job.done) / job.total)}%` : '30%' }} />
      </div>
      <div className={own.packFacts}>
        <span>
          {job.phase || t('preparing')}
          {job.total > 0 && ` · ${job.done}/${job.total}`}
          {job.seconds_left !== null && ` · ${t('left', { time: duration(job.seconds_left, language) })}`}
        </span>
        <Button
          small
          icon="close"
          onClick={() => void api.cancelJob(job.id).catch(() => {})}
          data-testid="package-cancel"
        >
          {t('stop')}
        </Button>
      </div>
      {lost && <Notice tone="warn">{t('lost')}</Notice>}
    </div>
  );
}
