import { useQueryClient } from '@tanstack/react-query';
import { type DragEvent, useRef, useState } from 'react';
import { ledgerTemplate } from '../api/dossiers';
import * as api from '../api/endpoints';
import type { AreaUnit, Job } from '../api/nouns';
import { keys, useDistrict, useJobs, useSession } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, moment } from '../language/format';
import { useControl } from '../map/control';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { Field } from '../ui/Field';
import { Icon } from '../ui/icons';
import { Select } from '../ui/Select';
import { Empty, Failure, Notice, useSentence, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './data.module.css';
import { JobProgress } from './JobProgress';
import { ReportDialog } from './ReportDialog';
import { isFinal } from './useJob';
import { words } from './words';

/** What was sent for a job, as long as this page is open: a question is answered by sending it again. */
export interface Sent {
  district: string;
  file: File;
  layer: api.ImportLayer;
  crs: api.ImportCrs;
}

export default function DataPanel() {
  const t = useWords(words);
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const session = useSession();
  const allowed = may(session.data, 'import');
  const [running, setRunning] = useState<Job[]>([]);
  const [report, setReport] = useState<string | null>(null);
  const [sent, setSent] = useState<ReadonlyMap<string, Sent>>(new Map());
  const started = (job: Job, what: Sent) => {
    setSent((all) => new Map(all).set(job.id, what));
    setRunning((list) => [job, ...list]);
  };
  const answer = async (job: string, unit: AreaUnit) => {
    const what = sent.get(job);
    if (!what) return;
    const { signal } = new AbortController();
    started(
      await api.startImport(what.district, what.file, what.layer, what.crs, () => {}, signal, unit),
      what,
    );
    setReport(null);
  };
  const ended = (job: Job) => {
    setRunning((list) => list.filter((j) => j.id !== job.id));
    setReport(job.id);
    void client.invalidateQueries({ queryKey: keys.districts });
    void client.invalidateQueries({ queryKey: keys.district(district) });
    void client.invalidateQueries({ queryKey: ['job', job.id] });
    if (job.state === 'done' && job.district === district) useControl.getState().controller?.refresh('');
  };
  return (
    <>
      <header className={css.head}>
        <h2>{t('title')}</h2>
      </header>
      <div className={css.scroll}>
        <What />
        {allowed ? (
          <>
            <Upload onStarted={started} />
            {running.map((job) => (
              <JobProgress key={job.id} job={job} onEnd={ended} />
            ))}
            <History running={running.map((j) => j.id)} onOpen={setReport} onEnd={ended} />
          </>
        ) : (
          session.isSuccess && (
            <div className={css.section}>
              <Notice>{t('noRight')}</Notice>
            </div>
          )
        )}
        <Sources />
      </div>
      {report && (
        <ReportDialog
          id={report}
          onClose={() => setReport(null)}
          onAnswer={sent.has(report) ? (unit) => answer(report, unit) : null}
        />
      )}
    </>
  );
}

function What() {
  const t = useWords(words);
  const district = useDistrict(useWorkbench((s) => s.district));
  const counts = district.data?.counts;
  return (
    <div className={css.section}>
      <h3>{t('counts')}</h3>
      <div className={own.numbers} style={{ gridTemplateColumns: 'repeat(4, 1fr)' }}>
        {(['communities', 'buildings', 'facilities', 'zones'] as const).map((k) => (
          <div key={k} data-testid={`count-${k}`}>
            <span>{t(k)}</span>
            <strong>{count(counts?.[k])}</strong>
          </div>
        ))}
      </div>
    </div>
  );
}

function Upload({ onStarted }: { onStarted: (job: Job, what: Sent) => void }) {
  const t = useWords(words);
  const sentence = useSentence();
  const district = useWorkbench((s) => s.district);
  const info = useDistrict(district);
  const session = useSession();
  const input = useRef<HTMLInputElement>(null);
  const abort = useRef<AbortController | null>(null);
  const [file, setFile] = useState<File | null>(null);
  const [over, setOver] = useState(false);
  const [layer, setLayer] = useState<api.ImportLayer>('auto');
  const [crs, setCrs] = useState<api.ImportCrs>('wgs84');
  const [target, setTarget] = useState<'here' | 'find'>('here');
  const [unit, setUnit] = useState<'' | AreaUnit>('');
  const [sent, setSent] = useState<number | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const mayFound = may(session.data, 'found.district');

  const take = (files: FileList | null) => {
    const next = files?.[0];
    if (next) {
      setFile(next);
      setFault(null);
    }
  };
  const onDrop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    take(e.dataTransfer.files);
  };
  const start = async () => {
    if (!file) return;
    abort.current = new AbortController();
    setSent(0);
    setFault(null);
    const what = { district: target === 'find' ? '-' : district, file, layer, crs };
    try {
      const job = await api.startImport(
        what.district,
        file,
        layer,
        crs,
        setSent,
        abort.current.signal,
        unit || undefined,
      );
      onStarted(job, what);
      setFile(null);
      setUnit('');
    } catch (error) {
      if (!(error instanceof DOMException)) setFault(sentence(error));
    } finally {
      setSent(null);
    }
  };

  return (
    <div className={css.section}>
      <h3 style={{ display: 'flex', alignItems: 'baseline' }}>
        {t('import')}
        <a
          href={ledgerTemplate(district)}
          style={{ marginLeft: 'auto', fontWeight: 400, fontSize: 12 }}
          data-testid="ledger-template"
        >
          {t('template')}
        </a>
      </h3>
      <input
        ref={input}
        type="file"
        hidden
        accept=".xlsx,.csv,.txt,.geojson,.json,.pbf,.osm,.bz2,.gz,.xml,.tif,.tiff,.hgt,.zip"
        onChange={(e) => {
          take(e.target.files);
          e.target.value = '';
        }}
        data-testid="import-file"
      />
      {file ? (
        <div className={own.file}>
          <Icon name="file" />
          <div>
            <strong title={file.name}>{file.name}</strong>
            <span>{size(file.size)}</span>
          </div>
          <IconButton
            icon="close"
            label={t('another')}
            small
            onClick={() => setFile(null)}
            disabled={sent !== null}
          />
        </div>
      ) : (
        <button
          type="button"
          className={own.drop}
          data-over={over}
          onClick={() => input.current?.click()}
          onDragOver={(e) => {
            e.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={onDrop}
          data-testid="import-drop"
        >
          <Icon name="upload" size={22} strokeWidth={1.1} />
          <strong>{t('drop')}</strong>
          <span>{t('kinds')}</span>
        </button>
      )}
      <div className={css.two}>
        <Field label={t('layer')}>
          {(id) => (
            <Select
              id={id}
              label={t('layer')}
              value={layer}
              onChange={setLayer}
              testId="import-layer"
              options={api.importLayers.map((l) => ({ value: l, label: t(`layer.${l}`) }))}
            />
          )}
        </Field>
        <Field label={t('crs')}>
          {(id) => (
            <Select
              id={id}
              label={t('crs')}
              value={crs}
              onChange={setCrs}
              testId="import-crs"
              options={api.importCrs.map((c) => ({ value: c, label: t(`crs.${c}`) }))}
            />
          )}
        </Field>
      </div>
      <p className={ui.hint}>{t('crsHint')}</p>
      {(layer === 'auto' || layer === 'ledger') && file && /\.(xlsx|csv|txt)$/i.test(file.name) && (
        <Field label={t('areaUnit')}>
          {(id) => (
            <Select
              id={id}
              label={t('areaUnit')}
              value={unit}
              onChange={setUnit}
              testId="import-area-unit"
              options={(['', 'm2', 'wan_m2'] as const).map((u) => ({ value: u, label: t(`areaUnit.${u}`) }))}
            />
          )}
        </Field>
      )}
      {mayFound && (
        <Field label={t('target')}>
          {(id) => (
            <Select
              id={id}
              label={t('target')}
              value={target}
              onChange={setTarget}
              testId="import-target"
              options={[
                { value: 'here', label: t('thisDistrict', { name: info.data?.name ?? '…' }) },
                { value: 'find', label: t('findDistrict') },
              ]}
            />
          )}
        </Field>
      )}
      {session.data?.scope.subdistricts && <p className={ui.hint}>{t('officerNote')}</p>}
      {fault && <Notice tone="bad">{fault}</Notice>}
      {sent !== null ? (
        <div style={{ display: 'flex', gap: 10, alignItems: 'center' }}>
          <div className={ui.bar} style={{ flex: 1 }}>
            <i style={{ width: `${sent * 100}%` }} />
          </div>
          <span className={ui.hint}>{t('sending', { n: Math.round(sent * 100) })}</span>
          <Button small onClick={() => abort.current?.abort()}>
            {t('cancel')}
          </Button>
        </div>
      ) : (
        <Button
          tone="primary"
          wide
          icon="upload"
          disabled={!file}
          onClick={() => void start()}
          data-testid="import-start"
        >
          {t('start')}
        </Button>
      )}
    </div>
  );
}

function History({
  running,
  onOpen,
  onEnd,
}: {
  running: string[];
  onOpen: (id: string) => void;
  onEnd: (job: Job) => void;
}) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const jobs = useJobs(district);
  const list = (jobs.data ?? []).filter((j) => !running.includes(j.id));
  const tone = (state: Job['state']) => (state === 'done' ? ui.okTone : state === 'failed' ? ui.badTone : '');
  return (
    <div data-testid="import-history">
      <div className={css.section} style={{ borderBottom: 0 }}>
        <h3>{t('history')}</h3>
      </div>
      {jobs.isPending ? (
        <Waiting rows={3} />
      ) : jobs.isError ? (
        <Failure error={jobs.error} retry={() => void jobs.refetch()} />
      ) : list.length === 0 && running.length === 0 ? (
        <Empty icon="clock" title={t('historyEmpty')}>
          {t('historyEmptyText')}
        </Empty>
      ) : (
        list.map((j) =>
          isFinal(j.state) ? (
            <button
              key={j.id}
              type="button"
              className={own.job}
              onClick={() => onOpen(j.id)}
              data-testid="import-item"
            >
              <span className={own.jobHead}>
                <strong>{j.title}</strong>
                <span className={`${ui.badge} ${tone(j.state)}`}>{t(`state.${j.state}`)}</span>
              </span>
              <span className={own.jobFacts}>
                <span>{j.error}</span>
                <span>{t('by', { who: j.created_by || '—', when: moment(j.created_at) })}</span>
              </span>
            </button>
          ) : (
            <JobProgress key={j.id} job={j} onEnd={onEnd} />
          ),
        )
      )}
    </div>
  );
}

function Sources() {
  const t = useWords(words);
  const district = useDistrict(useWorkbench((s) => s.district)).data;
  if (!district) return null;
  return (
    <div className={css.section} style={{ borderTop: '1px solid var(--line)' }}>
      <h3>{t('sources')}</h3>
      {district.notice && <p className={own.notice}>{district.notice}</p>}
      <dl className={css.facts}>
        <div>
          <dt>{t('policy')}</dt>
          <dd>
            {district.policy_key}@{district.policy_version}
          </dd>
        </div>
        <div>
          <dt>{t('profile')}</dt>
          <dd>{district.profile_key}</dd>
        </div>
        <div>
          <dt>{t('crsOf')}</dt>
          <dd>CGCS2000 / EPSG:{district.gk_srid}</dd>
        </div>
      </dl>
    </div>
  );
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
