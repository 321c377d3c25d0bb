// The steps of a diagnosed file: what each found, the questions it asks, and the
// way to the next.
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import {
  type Diagnosis,
  type Inspection,
  importInspection,
  type LayerDiagnosis,
  useStagedRows,
} from '../api/inspections';
import { keys } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count } from '../language/format';
import { useControl } from '../map/control';
import { type InspectionStep, inspectionSteps } from '../state/address';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { Icon } from '../ui/icons';
import { Select } from '../ui/Select';
import { Notice, useSentence, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import { boundsOf } from './bounds';
import { ConfirmStep } from './ConfirmStep';
import { allAccepted, firstLayer, marks, stepFor } from './decisions';
import { useInspectionDesk } from './desk';
import { FileStep } from './FileStep';
import own from './inspections.module.css';
import { Questions } from './Questions';
import { useDecide } from './useDecide';
import { words } from './words';

const CrsStep = lazy(() => import('./CrsStep'));
const FieldsStep = lazy(() => import('./FieldsStep'));
const GeometryStep = lazy(() => import('./GeometryStep'));
const DuplicatesStep = lazy(() => import('./DuplicatesStep'));

export function Diagnosed({
  inspection,
  diagnosis,
  step,
}: {
  inspection: Inspection;
  diagnosis: Diagnosis;
  step: InspectionStep;
}) {
  const t = useWords(words);
  const inspect = useWorkbench((s) => s.inspect);
  const deciding = useDecide(inspection);
  const name = useInspectionDesk((s) => s.layer);
  const setLayer = useInspectionDesk((s) => s.setLayer);
  const layers = diagnosis.layers ?? [];
  const layer = layers.find((l) => l.name === name);
  const choosable = layers.filter((l) => l.target.layer !== 'none' || l.name === name);
  const known = layer !== undefined;
  useEffect(() => {
    if (!known) setLayer(firstLayer(diagnosis));
  }, [known, diagnosis, setLayer]);
  useLookAt(inspection, layer);
  const importing = useImporting(inspection, diagnosis);

  const go = (to: InspectionStep) => inspect({ id: inspection.id, step: to });
  // A ledger, an extract or heights have no steps of their own: they go straight to the end.
  const steps = diagnosis.path ? (['file', 'confirm'] as const) : inspectionSteps;
  const at = Math.max(0, (steps as readonly InspectionStep[]).indexOf(step));
  const shown = steps[at] ?? 'file';
  const standing = marks(diagnosis);
  const questions = diagnosis.questions ?? [];
  const here = questions.filter(
    (q) => stepFor(q) === shown && (shown === 'file' || shown === 'confirm' || q.layer === name || !q.layer),
  );
  const proposals = questions.filter((q) => q.proposed).length;
  const given = layer && { inspection, diagnosis, layer, deciding };
  const before = steps[at - 1];
  const after = steps[at + 1];
  return (
    <>
      <nav className={own.steps} aria-label={t('steps')}>
        {steps.map((s, n) => (
          <button
            key={s}
            type="button"
            aria-current={s === shown ? 'step' : undefined}
            data-mark={standing[s]}
            data-testid={`step-${s}`}
            title={t(`mark.${standing[s]}`)}
            onClick={() => go(s)}
          >
            <i>{standing[s] === 'ask' ? '?' : standing[s] === 'warn' ? '!' : n + 1}</i>
            {t(`step.${s}`)}
          </button>
        ))}
      </nav>
      <div className={`${ui.bar} ${ui.barMoving} ${own.thin}`} hidden={!deciding.busy} role="status">
        <i />
      </div>
      <div className={css.scroll} aria-busy={deciding.busy} data-testid={`inspection-${shown}`}>
        {inspection.remembered && (shown === 'file' || shown === 'confirm') && (
          <div className={own.lead} data-testid="remembered">
            <Notice icon="history">{t('remembered')}</Notice>
          </div>
        )}
        {(deciding.fault ?? importing.fault) && (
          <div className={own.lead}>
            <Notice tone="bad">{deciding.fault ?? importing.fault}</Notice>
          </div>
        )}
        {shown !== 'file' && shown !== 'confirm' && choosable.length > 1 && (
          <div className={css.section}>
            <Field label={t('layer')}>
              {(id) => (
                <Select
                  id={id}
                  label={t('layer')}
                  value={name}
                  onChange={setLayer}
                  testId="inspection-layer"
                  options={choosable.map((l) => ({
                    value: l.name,
                    label: l.name || '—',
                    detail: count(l.rows),
                  }))}
                />
              )}
            </Field>
          </div>
        )}
        {here.length > 0 && (
          <Questions questions={here} diagnosis={diagnosis} deciding={deciding} onLayer={setLayer} />
        )}
        <Suspense fallback={<Waiting rows={6} />}>
          {shown === 'file' ? (
            <FileStep inspection={inspection} diagnosis={diagnosis} deciding={deciding} />
          ) : shown === 'confirm' ? (
            <ConfirmStep inspection={inspection} diagnosis={diagnosis} onStep={go} onLayer={setLayer} />
          ) : !given ? (
            <Waiting rows={6} />
          ) : shown === 'crs' ? (
            <CrsStep key={name} {...given} />
          ) : shown === 'fields' ? (
            <FieldsStep key={name} {...given} />
          ) : shown === 'geometry' ? (
            <GeometryStep key={name} {...given} />
          ) : (
            <DuplicatesStep key={name} {...given} />
          )}
        </Suspense>
      </div>
      <div className={css.foot}>
        {before && (
          <Button onClick={() => go(before)} data-testid="step-back">
            {t('back')}
          </Button>
        )}
        <span style={{ flex: 1 }} />
        {proposals > 0 && (
          <Button
            icon="check"
            disabled={deciding.busy}
            onClick={() => deciding.change((d) => allAccepted(d, diagnosis))}
            data-testid="accept-all"
          >
            {t('acceptAll', { n: proposals })}
          </Button>
        )}
        {after ? (
          <Button
            tone={proposals > 0 ? 'plain' : 'primary'}
            onClick={() => go(after)}
            data-testid="step-next"
          >
            {t('next')}
            <Icon name="right" size={14} />
          </Button>
        ) : (
          <ImportButton diagnosis={diagnosis} busy={deciding.busy} importing={importing} />
        )}
      </div>
    </>
  );
}

/** Starts the import; where the source is known, nothing is asked and the person said so, by itself. */
function useImporting(inspection: Inspection, diagnosis: Diagnosis) {
  const client = useQueryClient();
  const sentence = useSentence();
  const [sending, setSending] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const start = async () => {
    setSending(true);
    setFault(null);
    const key = [...keys.inspections(inspection.district), 'one', inspection.id];
    try {
      client.setQueryData(key, (await importInspection(inspection.id, inspection.version)).inspection);
    } catch (error) {
      setFault(sentence(error));
      setSending(false);
      void client.invalidateQueries({ queryKey: key });
    }
  };
  const hurried = useInspectionDesk((s) => s.hurried === inspection.id);
  const { remembered } = inspection;
  const { ready } = diagnosis;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the file has been looked into
  useEffect(() => {
    if (!hurried) return;
    useInspectionDesk.getState().setHurried(null);
    if (remembered && ready) void start();
  }, [hurried]);
  return { sending, fault, start };
}

function ImportButton({
  diagnosis,
  busy,
  importing,
}: {
  diagnosis: Diagnosis;
  busy: boolean;
  importing: ReturnType<typeof useImporting>;
}) {
  const t = useWords(words);
  const open = diagnosis.questions.length;
  const rows = diagnosis.layers.reduce((n, l) => n + l.tally.insert + l.tally.update, 0);
  const nothing = diagnosis.path === '' && rows === 0;
  return (
    <Button
      tone="primary"
      icon="upload"
      disabled={busy || importing.sending}
      refused={open > 0 ? t('open', { n: open }) : nothing && !diagnosis.ready ? t('nothing') : null}
      onClick={() => void importing.start()}
      data-testid="inspection-import"
    >
      {diagnosis.path ? t('importPlain') : t('import', { n: count(rows) })}
    </Button>
  );
}

/** Brings the layer into sight when it is another one, or lies somewhere else than before. */
function useLookAt(inspection: Inspection, layer: LayerDiagnosis | undefined): void {
  const controller = useControl((s) => s.controller);
  const rows = useStagedRows(inspection.district, inspection.id, inspection.version, layer?.name ?? '', '');
  const fetched = rows.isPlaceholderData ? undefined : rows.data?.features;
  // A single row far away must not take the others out of sight.
  const inside = boundsOf((fetched ?? []).filter((r) => !r.properties.outside).map((r) => r.geometry));
  const bound = inside ?? layer?.bound ?? null;
  const where = fetched && bound ? bound.map((v) => v.toFixed(4)).join(' ') : '';
  // biome-ignore lint/correctness/useExhaustiveDependencies: `where` says when the bound is another one
  useEffect(() => {
    if (bound && where) controller?.frame(bound);
  }, [controller, where]);
}
