import { useState } from 'react';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Icon } from '../ui/icons';
import { type Note, useControl } from './control';
import { legendOf, type Swatch } from './legend';
import css from './map.module.css';
import { words } from './words';

/** What the colours on the map mean, read from the style that is drawn. */
export function Legend() {
  const t = useWords(words);
  // On a low screen the map needs the room; a click opens it.
  const [open, setOpen] = useState(() => window.innerHeight >= 850);
  const controller = useControl((s) => s.controller);
  useControl((s) => s.styled);
  const notes = useControl((s) => s.notes);
  const zoom = useWorkbench((s) => s.place?.zoom ?? 14);
  const hidden = useWorkbench((s) => s.hidden);
  const zoneKey = useControl((s) => s.zoneKey);
  if (!controller) return null;
  const keyed = zoneKey !== null && !hidden.includes('zones');
  const entries = legendOf(controller.styleLayers(), zoom, hidden).filter(
    (e) => e.layer !== 'coverage' && !(keyed && e.layer === 'zones'),
  );
  const name = (key: string) => (key in words ? t(key as keyof typeof words) : key);
  return (
    <section className={`${css.corner} ${css.legend}`} data-testid="legend" aria-label={t('legend')}>
      <button type="button" className={css.legendHead} aria-expanded={open} onClick={() => setOpen(!open)}>
        {t('legend')}
        <Icon name={open ? 'down' : 'up'} size={12} />
      </button>
      {open && (
        <div className={css.legendBody}>
          {Object.entries(notes).map(([by, note]) => note.first && <NoteRows key={by} by={by} note={note} />)}
          {keyed && (
            <>
              <div className={css.legendGroup}>{t('zones')}</div>
              {zoneKey.map((k) => (
                <Row
                  key={k.label}
                  swatch={{ shape: 'fill', colour: k.colour, outline: k.outline, when: null }}
                  label={k.label}
                />
              ))}
            </>
          )}
          {entries.map((entry) => {
            const several = entry.swatches.filter((s) => s.when !== null).length > 0;
            const label = name(entry.layer);
            if (
              entry.layer === 'community_points' &&
              several &&
              entries.some((e) => e.layer === 'communities')
            ) {
              // The same colours as the outlines: one row says so.
              return (
                <div key={entry.layer} className={css.legendRow}>
                  <span className={css.dots}>
                    {entry.swatches.slice(0, 3).map((s) => (
                      <i key={s.colour} style={{ background: s.colour }} />
                    ))}
                  </span>
                  {label}
                </div>
              );
            }
            const ramp = `ramp.${entry.swatches[0]?.when?.property}`;
            if (ramp in words) {
              return (
                <div key={entry.layer} className={css.legendRow}>
                  <span className={css.ramp}>
                    {entry.swatches.map((s) => (
                      <i key={s.when?.value} style={{ background: s.colour }} />
                    ))}
                  </span>
                  {t(ramp as keyof typeof words, {
                    from: entry.swatches[0]?.when?.value.replace('+', '') ?? '',
                    to: entry.swatches.at(-1)?.when?.value ?? '',
                  })}
                </div>
              );
            }
            const list = several ? entry.swatches.slice(0, 9) : entry.swatches.slice(0, 1);
            return (
              <div key={entry.layer}>
                {several && <div className={css.legendGroup}>{label}</div>}
                {list.map((s) => (
                  <Row
                    key={`${s.when?.property}${s.when?.value}${s.colour}`}
                    swatch={s}
                    label={
                      s.when
                        ? name(s.when.value)
                        : several
                          ? t(s.shape === 'line' && entry.layer === 'communities' ? 'out' : 'others')
                          : label
                    }
                  />
                ))}
              </div>
            );
          })}
          {Object.entries(notes).map(([by, note]) => note.first || <NoteRows key={by} by={by} note={note} />)}
        </div>
      )}
    </section>
  );
}

/** What a feature has put on the map. */
function NoteRows({ by, note }: { by: string; note: Note }) {
  return (
    <div data-testid={`legend-${by}`}>
      <div className={css.legendGroup}>{note.title}</div>
      {note.rows.map((row) =>
        row.shape === 'dots' ? (
          <div key={row.label} className={css.legendRow}>
            <span className={css.dots}>
              {row.colours.map((colour) => (
                <i key={colour} style={{ background: colour }} />
              ))}
            </span>
            {row.label}
          </div>
        ) : (
          <Row
            key={row.label}
            swatch={{
              shape: shapeOf(row.shape),
              colour: row.colours[0] ?? '',
              when: null,
            }}
            look={row.shape}
            label={row.label}
          />
        ),
      )}
    </div>
  );
}

type Look = Note['rows'][number]['shape'];
const shapeOf = (look: Exclude<Look, 'dots'>): Swatch['shape'] =>
  look === 'dashed' ? 'line' : look === 'hatched' || look === 'diamond' ? 'fill' : look;

function Row({ swatch, label, look = swatch.shape }: { swatch: Swatch; label: string; look?: Look }) {
  const shape = { line: css.swatchLine, circle: css.swatchCircle, fill: '' }[swatch.shape];
  const more = look === 'hatched' ? css.swatchHatched : look === 'diamond' ? css.swatchDiamond : '';
  return (
    <div className={css.legendRow}>
      <span
        className={`${css.swatch} ${shape} ${more}`}
        style={{
          backgroundColor: swatch.shape === 'line' ? undefined : swatch.colour,
          borderStyle: look === 'dashed' ? 'dashed' : undefined,
          borderColor: swatch.shape === 'line' ? swatch.colour : (swatch.outline ?? swatch.colour),
        }}
      />
      {label}
    </div>
  );
}
