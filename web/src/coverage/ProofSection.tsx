// Why a building counts as it does in the run that is open: the walk itself.
import type { FeatureCollection } from 'geojson';
import { useEffect, useMemo } from 'react';
import { boundsOf, type Proof, useProof, type Walk } from '../api/coverage';
import { useRun } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { useControl } from '../map/control';
import type { DrawnLayers } from '../map/Drawn';
import { palettes } from '../map/overlays';
import { useWorkbench } from '../state/workbench';
import { IconButton } from '../ui/Button';
import { Failure, Notice, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './coverage.module.css';
import { proofShapes, streetsSaid } from './proofShapes';
import { RunTitle } from './RunView';
import { exactMetres, exactMinutes } from './said';
import { useDrawn } from './useDrawn';
import { words } from './words';

const nothing: FeatureCollection = { type: 'FeatureCollection', features: [] };
const layers: DrawnLayers = {
  over: 'names',
  layers: (p, source) => {
    const line = { type: 'line', source, layout: { 'line-join': 'round', 'line-cap': 'round' } } as const;
    return [
      {
        ...line,
        id: `${source}-halo`,
        filter: ['==', ['geometry-type'], 'LineString'],
        paint: { 'line-color': p.halo, 'line-width': 7, 'line-opacity': 0.85 },
      },
      {
        ...line,
        id: `${source}-first`,
        filter: ['all', ['==', ['get', 'leg'], 'first'], ['==', ['geometry-type'], 'LineString']],
        layout: { 'line-join': 'round' },
        paint: { 'line-color': p.covered, 'line-width': 3.4, 'line-dasharray': [1, 1] },
      },
      {
        ...line,
        id: `${source}-there`,
        filter: [
          'all',
          ['==', ['get', 'leg'], 'there'],
          ['!', ['boolean', ['get', 'straight'], false]],
          ['==', ['geometry-type'], 'LineString'],
        ],
        paint: { 'line-color': p.select, 'line-width': 3.6 },
      },
      {
        ...line,
        id: `${source}-straight`,
        filter: ['all', ['boolean', ['get', 'straight'], false], ['!=', ['get', 'leg'], 'first']],
        layout: { 'line-join': 'round' },
        paint: { 'line-color': p.select, 'line-width': 2.4, 'line-dasharray': [2, 1.6] },
      },
      {
        ...line,
        id: `${source}-back`,
        filter: ['==', ['get', 'leg'], 'back'],
        layout: { 'line-join': 'round' },
        paint: { 'line-color': p.string, 'line-width': 3.2, 'line-dasharray': [2.2, 1.4], 'line-offset': 3 },
      },
      {
        id: `${source}-end`,
        type: 'circle',
        source,
        filter: ['boolean', ['get', 'end'], false],
        paint: {
          'circle-radius': 7,
          'circle-color': p.facility,
          'circle-stroke-color': p.halo,
          'circle-stroke-width': 2,
        },
      },
    ];
  },
};

/** Nothing where no run is open. */
export default function ProofSection({ code }: { code: string }) {
  const run = useWorkbench((s) => (s.mode === 'coverage' && s.tab === 'runs' ? s.run : null));
  return run ? <Section key={run} run={run} code={code} /> : null;
}

function Section({ run: id, code }: { run: string; code: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const run = useRun(district, id).data;
  const proof = useProof(district, id, code);
  const p = proof.data;
  return (
    <div className={css.section} data-testid="proof">
      <h3>{t(run?.method === 'radius' ? 'proofStraight' : 'proof')}</h3>
      {run && <RunTitle run={run} />}
      {proof.isPending ? (
        <Waiting rows={3} />
      ) : proof.isError ? (
        <Failure error={proof.error} retry={() => void proof.refetch()} />
      ) : p ? (
        <ProofView proof={p} />
      ) : (
        <p className={ui.hint}>{t('notInRun')}</p>
      )}
    </div>
  );
}

function ProofView({ proof: p }: { proof: Proof }) {
  const t = useWords(words);
  const { language, theme } = useWorkbench();
  useDrawn(
    'proof',
    layers,
    useMemo(() => (p ? proofShapes(p) : nothing), [p]),
  );
  const both = p.there !== null && p.back !== null;
  useEffect(() => {
    if (!p.there && !p.first_step) return;
    const c = palettes[theme];
    const straight = p.method === 'radius';
    const rows = [];
    if (p.there)
      rows.push({
        label: t(straight ? 'lineStraight' : both ? 'lineThere' : 'lineBoth'),
        shape: straight ? ('dashed' as const) : ('line' as const),
        colours: [c.select],
      });
    if (both) rows.push({ label: t('lineBack'), shape: 'dashed' as const, colours: [c.string] });
    if (p.first_step) rows.push({ label: t('lineFirst'), shape: 'dashed' as const, colours: [c.covered] });
    useControl.getState().setNote('proof', { title: t('proof'), first: true, rows });
    return () => useControl.getState().setNote('proof', null);
  }, [p, both, theme, t]);
  const beyond =
    p.beyond_minutes !== null
      ? exactMinutes(p.beyond_minutes, language)
      : p.beyond_m !== null
        ? exactMetres(Math.ceil(p.beyond_m))
        : null;
  return (
    <>
      <p className={own.sentence} data-status={p.building.status} data-testid="proof-sentence">
        {p.sentence}
      </p>
      {beyond && (
        <p className={own.beyond} data-testid="proof-beyond">
          {t('beyond', { n: beyond })}
        </p>
      )}
      {!p.current && <Notice tone="warn">{t('notCurrent')}</Notice>}
      {p.there && (
        <WalkView walk={p.there} title={both ? t('there') : null} straight={p.method === 'radius'} />
      )}
      {p.back && <WalkView walk={p.back} title={t('back')} straight={false} />}
      {p.first_step && (
        <WalkView walk={p.first_step} title={t('firstStep')} straight={p.method === 'radius'} />
      )}
    </>
  );
}

function WalkView({ walk: w, title, straight }: { walk: Walk; title: string | null; straight: boolean }) {
  const t = useWords(words);
  const { language, select } = useWorkbench();
  const cells: [string, string][] = straight
    ? [[t('distance'), exactMetres(w.distance_m)]]
    : [
        [t('distance'), exactMetres(w.distance_m)],
        [t('time'), exactMinutes(w.minutes, language)],
        [t('climb'), `↑ ${w.climb_m.toFixed(0)} m  ↓ ${w.descent_m.toFixed(0)} m`],
        [t('stairs'), w.stairs_m > 0 ? exactMetres(w.stairs_m) : t('none')],
        [t('crossings'), t('timesN', { n: w.crossings })],
        [t('accessPart'), exactMetres(w.access_m)],
      ];
  const streets = straight ? [] : streetsSaid(w, t('unnamedStreet'));
  return (
    <div className={own.walk} data-testid="walk">
      <p>
        {title && <b>{title} </b>}
        <button
          type="button"
          className={own.link}
          onClick={() => select({ kind: 'facility', code: w.facility_code })}
        >
          {w.facility_name || w.facility_code}
        </button>
        <IconButton
          icon="locate"
          small
          label={t('wholeWay')}
          onClick={() => useControl.getState().controller?.lookAt(boundsOf(w.line), null)}
          data-testid="whole-way"
        />
      </p>
      <dl className={own.walkFigures}>
        {cells.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {streets.length > 0 && (
        <details className={own.more}>
          <summary>{t('streets', { n: streets.length })}</summary>
          <ol className={own.streets}>
            {streets.map((s, i) => (
              <li key={`${i.toString()} ${s.name}`}>
                <span>{s.name}</span>
                <span>{exactMetres(s.metres)}</span>
              </li>
            ))}
          </ol>
        </details>
      )}
    </div>
  );
}
