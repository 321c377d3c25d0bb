// A file is brought in: looked into first, or straight in the importer's own way.
import { type DragEvent, useRef, useState } from 'react';
import { ledgerTemplate } from '../api/dossiers';
import * as api from '../api/endpoints';
import { sendForInspection } from '../api/inspections';
import type { AreaUnit, Job } from '../api/nouns';
import { useDistrict, useSession } from '../api/queries';
import css from '../frame/frame.module.css';
import { holdsPlaces, waysOf } from '../inspections/decisions';
import { useInspectionDesk } from '../inspections/desk';
import { useWords } from '../language';
import { fileSize } from '../language/format';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { Checkbox, Field, Segments } from '../ui/Field';
import { Icon } from '../ui/icons';
import { Select } from '../ui/Select';
import { Notice, useSentence } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './data.module.css';
import { words } from './words';

/** What was sent for a job, as long as this page is open: a question is answered by sending it again. */
export interface Sent {
  district: string;
  file: File;
  layer: api.ImportLayer;
  crs: api.ImportCrs;
}

export function Upload({ onStarted }: { onStarted: (job: Job, what: Sent) => void }) {
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
  const [way, setWay] = useState<'inspect' | 'direct'>('inspect');
  const [auto, setAuto] = useState(true);
  const inspect = useWorkbench((s) => s.inspect);
  const [target, setTarget] = useState<'here' | 'find'>('here');
  const [unit, setUnit] = useState<'' | AreaUnit>('');
  const [sent, setSent] = useState<number | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const ways = file ? waysOf(file.name) : [];
  const mayFound = may(session.data, 'found.district');

  const take = (files: FileList | null) => {
    const next = files?.[0];
    if (next) {
      setFile(next);
      setFault(null);
      const [usual = 'inspect'] = waysOf(next.name);
      setWay(usual);
      // A table of places that is no ledger of communities had better be looked into.
      if (/\.(csv|txt)$/i.test(next.name))
        void next
          .slice(0, 4096)
          .text()
          .then((head) => holdsPlaces(head) && setWay('inspect'))
          .catch(() => {});
    }
  };
  const onDrop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    take(e.dataTransfer.files);
  };
  const look = async (sent: File, signal: AbortSignal) => {
    try {
      const { inspection } = await sendForInspection(district, sent, setSent, signal);
      if (auto) useInspectionDesk.getState().setHurried(inspection.id);
      setFile(null);
      inspect({ id: inspection.id, step: 'file' });
    } catch (error) {
      if (!(error instanceof DOMException)) setFault(sentence(error));
    } finally {
      setSent(null);
    }
  };
  const start = async () => {
    if (!file) return;
    abort.current = new AbortController();
    setSent(0);
    setFault(null);
    if (way === 'inspect') return look(file, abort.current.signal);
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
        accept=".zip,.shp,.gpkg,.geojson,.json,.kml,.kmz,.dxf,.fgb,.xlsx,.csv,.txt,.pbf,.osm,.bz2,.gz,.xml,.tif,.tiff,.hgt"
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
            <span>{fileSize(file.size)}</span>
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
      {file && ways.length > 1 && (
        <Segments
          label={t('way')}
          value={way}
          options={ways.map((value) => ({ value, label: t(`way.${value}`) }))}
          onChange={setWay}
          testId="import-way"
        />
      )}
      {file && way === 'inspect' && (
        <>
          <p className={ui.hint}>{t('inspectText')}</p>
          <Checkbox checked={auto} onChange={setAuto} testId="import-auto">
            {t('auto')}
          </Checkbox>
        </>
      )}
      {file && way === 'direct' && (
        <>
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
                  options={(['', 'm2', 'wan_m2'] as const).map((u) => ({
                    value: u,
                    label: t(`areaUnit.${u}`),
                  }))}
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
        </>
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
          icon={way === 'inspect' ? 'search' : 'upload'}
          disabled={!file}
          onClick={() => void start()}
          data-testid="import-start"
        >
          {file && way === 'inspect' ? t('look') : t('start')}
        </Button>
      )}
    </div>
  );
}
