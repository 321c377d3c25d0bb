import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import * as api from '../api/endpoints';
import type { CoverageAsk, CoverageRun } from '../api/nouns';
import {
  keys,
  useDistrict,
  useFacilityTypes,
  useRun,
  useRuns,
  useSession,
  useSubdistricts,
  useZones,
} from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { moment, share } from '../language/format';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Field, Segments } from '../ui/Field';
import { Select } from '../ui/Select';
import { Empty, Failure, Notice, useSentence, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './coverage.module.css';
import { RunSummary } from './RunSummary';
import { StandardCard } from './StandardCard';
import { limitSaid } from './said';
import { TypeList } from './TypeList';
import { words } from './words';

type AreaKind = 'district' | 'subdistrict' | 'zone';

export default function RunsPanel() {
  const district = useWorkbench((s) => s.district);
  const runId = useWorkbench((s) => s.run);
  const run = useRun(district, runId);
  const scroll = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another run is read from its top
  useEffect(() => {
    scroll.current?.scrollTo({ top: 0 });
  }, [runId]);
  return (
    <div className={css.scroll} ref={scroll}>
      {runId &&
        (run.isPending ? (
          <Waiting />
        ) : run.isError ? (
          <Failure error={run.error} retry={() => void run.refetch()} />
        ) : (
          <RunSummary run={run.data} />
        ))}
      <Ask />
      <History />
    </div>
  );
}

function Ask() {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const setRun = useWorkbench((s) => s.setRun);
  const selection = useWorkbench((s) => s.selection);
  const session = useSession();
  const info = useDistrict(district);
  const types = useFacilityTypes(info.data?.profile_key ?? '');
  const subdistricts = useSubdistricts(district);
  const zones = useZones(district);
  const ownParts = session.data?.scope.subdistricts ?? null;

  const [type, setType] = useState(
    () => sessionStorage.getItem('lianpian.facility-type') ?? 'health_station',
  );
  const [radius, setRadius] = useState<string | null>(null);
  const [kind, setKind] = useState<AreaKind>(ownParts ? 'subdistrict' : 'district');
  const [part, setPart] = useState('');
  const [zone, setZone] = useState(selection?.kind === 'zone' ? selection.code : '');
  const [fault, setFault] = useState<string | null>(null);

  const list = useMemo(() => (types.data ?? []).filter((f) => f.kind === 'place'), [types.data]);
  const chosen = list.find((f) => f.key === type);
  const standard = chosen?.standard ?? null;
  const standardRadius = standard?.radius_m ?? null;
  const shown = radius ?? standardRadius?.toString() ?? '';
  const parts = (subdistricts.data ?? []).filter((s) => !ownParts || ownParts.includes(s.code));
  useEffect(() => {
    if (ownParts && kind === 'district') setKind('subdistrict');
  }, [ownParts, kind]);
  useEffect(() => {
    sessionStorage.setItem('lianpian.facility-type', type);
  }, [type]);

  const start = useMutation({
    mutationFn: (ask: CoverageAsk) => api.runCoverage(district, ask),
    onSuccess: (run) => {
      client.setQueryData([...keys.coverage(district), 'one', run.id], run);
      void client.invalidateQueries({ queryKey: [...keys.coverage(district), 'list'] });
      setRun(run.id);
    },
    onError: (error) => setFault(sentence(error)),
  });
  const refused = may(session.data, 'run.coverage') ? null : t('noRight');

  const go = () => {
    const r = Number(shown);
    if (!Number.isFinite(r) || r < 1 || r > 20_000) return setFault(t('badRadius'));
    const area: CoverageAsk['area'] =
      kind === 'district' ? { kind } : { kind, code: kind === 'zone' ? zone : part || parts[0]?.code };
    if (kind === 'zone' && !zone) return setFault(t('chooseZone'));
    setFault(null);
    // The radius is only sent when a person typed it: otherwise the run keeps the standard as its source.
    const typed = radius !== null && r !== standardRadius;
    start.mutate({
      facility_type: type,
      method: 'radius',
      area,
      ...(typed || standardRadius === null ? { limit: { metres: r } } : {}),
    });
  };

  if (types.isError) return <Failure error={types.error} retry={() => void types.refetch()} />;
  return (
    <>
      <div className={css.section}>
        <Field label={t('type')}>
          {() => (
            <TypeList
              types={list}
              value={type}
              onChange={(key) => {
                setType(key);
                setRadius(null);
              }}
            />
          )}
        </Field>
        <StandardCard standard={standard} />
        <Field
          label={`${t('radius')}（${t('radiusUnit')}）`}
          hint={
            radius !== null && standardRadius !== null && Number(radius) !== standardRadius ? (
              <>
                {t('typed')} ·{' '}
                <button
                  type="button"
                  className={`${ui.button} ${ui.ghost} ${ui.small}`}
                  onClick={() => setRadius(null)}
                >
                  {t('useStandard', { n: standardRadius })}
                </button>
              </>
            ) : undefined
          }
        >
          {(id) => (
            <input
              id={id}
              className={ui.input}
              inputMode="numeric"
              value={shown}
              onChange={(e) => setRadius(e.target.value.replace(/[^\d.]/g, ''))}
              data-testid="coverage-radius"
            />
          )}
        </Field>
      </div>
      <div className={css.section}>
        <h3>{t('area')}</h3>
        <Segments
          label={t('area')}
          value={kind}
          onChange={setKind}
          testId="coverage-area"
          options={(ownParts
            ? (['subdistrict', 'zone'] as const)
            : (['district', 'subdistrict', 'zone'] as const)
          ).map((k) => ({
            value: k as AreaKind,
            label: t(`area.${k}`),
          }))}
        />
        {kind === 'subdistrict' && parts.length > 0 && (
          <Select
            label={t('chooseSubdistrict')}
            value={part || (parts[0]?.code ?? '')}
            onChange={setPart}
            options={parts.map((s) => ({ value: s.code, label: s.name }))}
            testId="coverage-subdistrict"
          />
        )}
        {kind === 'zone' &&
          (zones.data?.length ? (
            <Select
              label={t('chooseZone')}
              value={zone}
              onChange={setZone}
              options={[
                { value: '', label: t('chooseZone') },
                ...zones.data.map((z) => ({ value: z.code, label: z.name })),
              ]}
              testId="coverage-zone"
            />
          ) : (
            <p className={ui.hint}>{t('noZones')}</p>
          ))}
        {ownParts && <p className={ui.hint}>{t('ownOnly')}</p>}
        {fault && <Notice tone="bad">{fault}</Notice>}
        <Button
          tone="primary"
          wide
          refused={refused}
          disabled={start.isPending}
          onClick={go}
          data-testid="coverage-run"
        >
          {start.isPending ? t('running') : t('run')}
        </Button>
        <p className={own.method}>
          {t('method.radius')} {t('outside')}
        </p>
      </div>
    </>
  );
}

function History() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const current = useWorkbench((s) => s.run);
  const setRun = useWorkbench((s) => s.setRun);
  const runs = useRuns(district);
  if (runs.isPending) return null;
  if (runs.isError) return <Failure error={runs.error} retry={() => void runs.refetch()} />;
  if (runs.data.length === 0)
    return (
      <Empty icon="coverage" title={t('emptyTitle')}>
        {t('emptyText')}
      </Empty>
    );
  return (
    <div data-testid="coverage-history">
      <div className={css.section} style={{ borderBottom: 0, paddingBottom: 6 }}>
        <h3>{t('history')}</h3>
      </div>
      {runs.data.map((r) => (
        <RunItem key={r.id} run={r} current={r.id === current} onClick={() => setRun(r.id)} />
      ))}
    </div>
  );
}

function RunItem({ run: r, current, onClick }: { run: CoverageRun; current: boolean; onClick: () => void }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  return (
    <button
      type="button"
      className={own.run}
      aria-current={current}
      onClick={onClick}
      data-testid="coverage-item"
    >
      <span>
        <span>
          {r.facility_name} · {limitSaid(r.limit, language)}
        </span>
        <span>{share(r.summary.covered_households, r.summary.households)}</span>
      </span>
      <span>
        {r.area.name || t(`area.${r.area.kind}`)} ·{' '}
        {t('by', { who: r.created_by || '—', when: moment(r.created_at) })}
      </span>
    </button>
  );
}
