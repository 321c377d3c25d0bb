// Two people saved the same zone: both versions side by side, and the person
// chooses. Nothing is overwritten without being seen.
import type { MultiPolygon } from 'geojson';
import { useState } from 'react';
import type { Position, Zone } from '../api/nouns';
import { Problem } from '../api/request';
import { useWords } from '../language';
import { landArea, moment } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Notice, useSentence } from '../ui/State';
import { sketchArea } from './sketch';
import { words } from './words';
import css from './zones.module.css';

/** What the person wanted to save. */
export interface Wanted {
  name: string;
  note: string;
  /** The outline that was drawn, or that the change was made on. */
  geometry: MultiPolygon;
  /** The line of a split or a reshape. */
  line?: readonly Position[];
  /** The change in words, where a picture does not tell it. */
  change?: string;
}

export function ZoneConflict({
  mine,
  theirs,
  onClose,
  onMine,
  onTheirs,
  onBoth,
}: {
  mine: Wanted;
  theirs: Zone;
  onClose: () => void;
  onMine: () => Promise<void>;
  onTheirs: () => void;
  /** Left out where mine is no zone of its own. */
  onBoth?: () => Promise<void>;
}) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const sentence = useSentence();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const run = async (act: () => Promise<void>) => {
    setBusy(true);
    setFault(null);
    try {
      await act();
      onClose();
    } catch (error) {
      setFault(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  const view = viewBox([mine.geometry, theirs.geometry]);
  const part = (
    title: string,
    name: string,
    note: string,
    geometry: MultiPolygon,
    other: MultiPolygon,
    footnote: string,
    change: { line?: readonly Position[]; words?: string } = {},
  ) => (
    <div className={css.version}>
      <h4>{title}</h4>
      <svg viewBox={view} role="img" aria-label={title} preserveAspectRatio="xMidYMid meet">
        <path
          d={pathOf(other)}
          fill="none"
          stroke="var(--text-3)"
          strokeWidth="1"
          strokeDasharray="3 3"
          vectorEffect="non-scaling-stroke"
        />
        <path
          d={pathOf(geometry)}
          fill="var(--accent-soft)"
          stroke="var(--accent)"
          strokeWidth="2"
          vectorEffect="non-scaling-stroke"
          fillRule="evenodd"
        />
        {change.line && (
          <path
            d={`M${change.line.map((p) => `${p[0] * flat(p[1])} ${-p[1]}`).join('L')}`}
            fill="none"
            stroke="var(--danger)"
            strokeWidth="2"
            vectorEffect="non-scaling-stroke"
          />
        )}
      </svg>
      {change.words && <p>{change.words}</p>}
      <dl>
        <div>
          <dt>{t('name')}</dt>
          <dd className={mine.name !== theirs.name ? css.differs : ''}>{name}</dd>
        </div>
        <div>
          <dt>{t('area')}</dt>
          <dd>{landArea(sketchArea(geometry), language)}</dd>
        </div>
        <div>
          <dt>{t('note')}</dt>
          <dd className={mine.note !== theirs.note ? css.differs : ''}>{note || '—'}</dd>
        </div>
        <div>
          <dt>{t('updated')}</dt>
          <dd>{footnote}</dd>
        </div>
      </dl>
    </div>
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('conflictTitle', { who: theirs.updated_by || t('someone') })}
      width={620}
      testId="conflict-dialog"
      foot={
        <>
          <Button onClick={onTheirs} disabled={busy} data-testid="conflict-theirs">
            {t('keepTheirs')}
          </Button>
          {onBoth && (
            <Button onClick={() => void run(onBoth)} disabled={busy} data-testid="conflict-both">
              {t('keepBoth')}
            </Button>
          )}
          <Button tone="primary" onClick={() => void run(onMine)} disabled={busy} data-testid="conflict-mine">
            {mine.line || mine.change ? t('doMine') : t('keepMine')}
          </Button>
        </>
      }
    >
      <p>{t('conflictText', { version: theirs.version })}</p>
      <div className={css.versus}>
        {part(t('mine'), mine.name, mine.note, mine.geometry, theirs.geometry, '—', {
          line: mine.line,
          words: mine.change,
        })}
        {part(
          t('theirs'),
          theirs.name,
          theirs.note,
          theirs.geometry,
          mine.geometry,
          t('by', { who: theirs.updated_by, when: moment(theirs.updated_at) }),
        )}
      </div>
      {fault && <Notice tone="bad">{fault}</Notice>}
    </Dialog>
  );
}

// Small pictures of shapes: y grows downwards, and a degree of longitude is narrowed by the latitude.
const flat = (lat: number) => Math.cos((lat * Math.PI) / 180);
function viewBox(shapes: MultiPolygon[]): string {
  const all = shapes.flatMap((s) => s.coordinates.flat(2));
  const k = flat(all[0]?.[1] ?? 0);
  const xs = all.map((p) => (p[0] ?? 0) * k);
  const ys = all.map((p) => -(p[1] ?? 0));
  const [x0, x1, y0, y1] = [min(xs), -min(xs.map((v) => -v)), min(ys), -min(ys.map((v) => -v))];
  const pad = Math.max(x1 - x0, y1 - y0, 1e-6) * 0.08;
  return `${x0 - pad} ${y0 - pad} ${x1 - x0 + 2 * pad} ${y1 - y0 + 2 * pad}`;
}
const min = (values: number[]) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
function pathOf(shape: MultiPolygon): string {
  const k = flat(shape.coordinates[0]?.[0]?.[0]?.[1] ?? 0);
  return shape.coordinates
    .flat()
    .map((ring) => `M${ring.map((p) => `${(p[0] ?? 0) * k} ${-(p[1] ?? 0)}`).join('L')}Z`)
    .join('');
}

/** The zone as it is now, out of an answer that a change came too late. */
export function newerZone(error: unknown): Zone | null {
  const current = error instanceof Problem && error.conflict ? error.current : null;
  return isZone(current) ? current : null;
}

function isZone(value: unknown): value is Zone {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    'geometry' in value &&
    'version' in value
  );
}
