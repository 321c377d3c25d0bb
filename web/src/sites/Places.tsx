// Places and ground that are drawn on the map for a question.
import { useState } from 'react';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { coordinate, count } from '../language/format';
import { useControl } from '../map/control';
import { useSketch } from '../map/Sketch';
import { Button, IconButton } from '../ui/Button';
import { Field } from '../ui/Field';
import ui from '../ui/ui.module.css';
import { useDraft } from './draft';
import { MOST_POINTS, type Question } from './question';
import own from './sites.module.css';
import { words } from './words';

interface Part {
  question: Question;
  onChange: (change: Partial<Question>) => void;
}

/** Candidates that a person sets by hand: each click on the map is one. */
export function OwnPlaces({ question: q, onChange }: Part) {
  const t = useWords(words);
  const [placing, setPlacing] = useState(false);
  useSketch(placing ? 'place' : null, {
    done: ([at]) => {
      const { points } = useDraft.getState().typed ?? q;
      if (at && points.length < MOST_POINTS) onChange({ points: [...points, at] });
    },
    cancelled: () => setPlacing(false),
  });
  return (
    <>
      <div className={css.row}>
        <Button
          small
          icon={placing ? 'check' : 'pin'}
          tone={placing ? 'primary' : 'plain'}
          onClick={() => setPlacing(!placing)}
          data-testid="siting-place"
        >
          {t(placing ? 'placeEnd' : 'place')}
        </Button>
        <span className={ui.hint} data-testid="siting-points">
          {t('pointsN', { n: count(q.points.length) })}
        </span>
        {q.points.length > 1 && (
          <Button small tone="ghost" onClick={() => onChange({ points: [] })}>
            {t('clearPoints')}
          </Button>
        )}
      </div>
      {placing && <p className={ui.hint}>{t('placing')}</p>}
      {q.points.length > 0 && (
        <ol className={own.points}>
          {q.points.map((p, i) => (
            <li key={p.join()} data-testid="siting-point">
              <button
                type="button"
                title={t('locate')}
                onClick={() => useControl.getState().controller?.reveal(null, p)}
              >
                {t('point', { n: i + 1 })} <span>{coordinate(p)}</span>
              </button>
              <IconButton
                icon="close"
                small
                label={t('remove')}
                onClick={() => onChange({ points: q.points.filter((_, j) => j !== i) })}
              />
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

/** Ground where no site may be. */
export function Excluded({ question: q, onChange }: Part) {
  const t = useWords(words);
  const [drawing, setDrawing] = useState(false);
  const { points, finish } = useSketch(drawing ? 'polygon' : null, {
    done: (corners) => {
      onChange({ excluded: [...(useDraft.getState().typed ?? q).excluded, corners] });
      setDrawing(false);
    },
    cancelled: () => setDrawing(false),
  });
  return (
    <Field label={t('excluded')} hint={drawing ? t('excluding') : undefined}>
      {() => (
        <>
          {q.excluded.length > 0 && (
            <ol className={own.points}>
              {q.excluded.map((ring, i) => (
                <li key={ring.join()} data-testid="siting-excluded">
                  <span>{t('excludedN', { n: i + 1, corners: ring.length })}</span>
                  <IconButton
                    icon="close"
                    small
                    label={t('remove')}
                    onClick={() => onChange({ excluded: q.excluded.filter((_, j) => j !== i) })}
                  />
                </li>
              ))}
            </ol>
          )}
          {drawing ? (
            <div className={css.row}>
              <Button
                small
                tone="primary"
                disabled={points < 3}
                onClick={finish}
                data-testid="siting-exclude-finish"
              >
                {t('finish')}
              </Button>
              <Button small onClick={() => setDrawing(false)}>
                {t('cancel')}
              </Button>
            </div>
          ) : (
            <div>
              <Button small icon="polygon" onClick={() => setDrawing(true)} data-testid="siting-exclude">
                {t('exclude')}
              </Button>
            </div>
          )}
        </>
      )}
    </Field>
  );
}
