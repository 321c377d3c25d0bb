// The run by zone, neighborhood or subdistrict.
import { useState } from 'react';
import { type PartCoverage, type PartKind, useParts } from '../api/coverage';
import type { CoverageRun } from '../api/nouns';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, metres, share } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Segments } from '../ui/Field';
import { Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './coverage.module.css';
import { minutesSaid } from './said';
import { words } from './words';

const kinds: readonly PartKind[] = ['zone', 'neighborhood', 'subdistrict'];

export function PartsView({ run }: { run: CoverageRun }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const [by, setBy] = useState<PartKind>('subdistrict');
  const parts = useParts(district, run.id, by);
  return (
    <div className={css.section}>
      <Segments
        label={t('byPart')}
        value={by}
        onChange={setBy}
        options={kinds.map((k) => ({ value: k, label: t(`area.${k}`) }))}
        testId="parts"
      />
      {parts.isPending ? (
        <Waiting rows={4} />
      ) : parts.isError ? (
        <Failure error={parts.error} retry={() => void parts.refetch()} />
      ) : parts.data.length === 0 ? (
        <p className={ui.hint}>{t(`noParts.${by}`)}</p>
      ) : (
        <div className={own.parts} data-testid="part-list">
          {parts.data.map((p) => (
            <PartRow key={p.code} part={p} kind={by} run={run} />
          ))}
        </div>
      )}
    </div>
  );
}

function PartRow({ part: p, kind, run }: { part: PartCoverage; kind: PartKind; run: CoverageRun }) {
  const t = useWords(words);
  const { language, select } = useWorkbench();
  const rest = Math.max(0, p.households - p.covered_households - p.spared_households);
  const width = (n: number) => ({ width: p.households ? `${(100 * n) / p.households}%` : 0 });
  return (
    <div className={own.meter} data-testid="part">
      <div>
        {kind === 'zone' && p.code ? (
          <button type="button" className={own.link} onClick={() => select({ kind: 'zone', code: p.code })}>
            {p.name || p.code}
          </button>
        ) : (
          <span>{p.name || p.code}</span>
        )}
        <strong>{share(p.covered_households, p.households)}</strong>
      </div>
      <div className={own.bar} aria-hidden="true">
        <i className={own.covered} style={width(p.covered_households)} />
        <i className={own.spared} style={width(p.spared_households)} />
        <i className={own.uncovered} style={width(rest)} />
      </div>
      <span className={ui.hint}>
        {t('partFigures', { covered: count(p.covered_households), all: count(p.households) })}
        {p.mean_m > 0 &&
          ` · ${t('mean', {
            n:
              run.method === 'walk_slope'
                ? minutesSaid(p.mean_minutes, language)
                : metres(Math.round(p.mean_m)),
          })}`}
        {p.unreached_buildings > 0 && ` · ${t('unreachedN', { n: count(p.unreached_buildings) })}`}
      </span>
    </div>
  );
}
