// Drawn footpaths, stairways and bridges, the one that gains most first.
import type { PathGains, PathKind } from '../api/coverage';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, metres } from '../language/format';
import { Button, IconButton } from '../ui/Button';
import ui from '../ui/ui.module.css';
import own from './coverage.module.css';
import { trialWords } from './trialWords';
import { useTrying } from './trying';

const kinds: readonly PathKind[] = ['footpath', 'stairs', 'bridge'];

export function TrialPaths({ gains, walked }: { gains: PathGains | null; walked: boolean }) {
  const t = useWords(trialWords);
  const s = useTrying();
  if (!walked)
    return (
      <div className={css.section}>
        <h3>{t('paths')}</h3>
        <p className={ui.hint}>{t('pathsOfWalks')}</p>
      </div>
    );
  // What the service ranked, by the names that the paths were given.
  const rows = s.paths
    .map((p) => ({ path: p, gain: gains?.paths.find((g) => g.name === p.name) ?? null }))
    .sort((a, b) => (b.gain?.gained_households ?? -1) - (a.gain?.gained_households ?? -1));
  return (
    <div className={css.section}>
      <h3>{t('paths')}</h3>
      <div className={css.row}>
        {kinds.map((k) => (
          <Button
            key={k}
            small
            icon="pencil"
            aria-pressed={s.hand === k}
            tone={s.hand === k ? 'primary' : 'plain'}
            onClick={() => s.take(s.hand === k ? 'move' : k)}
            data-testid={`trial-${k}`}
          >
            {t(`path.${k}`)}
          </Button>
        ))}
      </div>
      {rows.length > 0 && (
        <div className={own.changes} data-testid="trial-paths">
          {rows.map(({ path: p, gain: g }) => (
            <div key={p.id} data-testid="trial-path">
              <span>
                {p.name}
                {g && (
                  <span className={ui.hint}>
                    {' '}
                    {metres(Math.round(g.length_m))}
                    {g.saved > 0 &&
                      ` · ${t(gains?.unit === 'hours' ? 'savedHours' : 'savedKm', { n: g.saved.toFixed(1) })}`}
                    {!g.joined && g.gained_buildings === 0 && ` · ${t('notJoined')}`}
                    {g.note && ` · ${g.note}`}
                  </span>
                )}
              </span>
              <strong className={own.better}>
                {g ? t('gainedN', { n: count(g.gained_households) }) : '…'}
              </strong>
              <IconButton icon="trash" small label={t('remove')} onClick={() => s.dropPath(p.id)} />
            </div>
          ))}
          {gains && rows.length > 1 && (
            <p className={ui.hint}>{t('together', { n: count(gains.together_households) })}</p>
          )}
        </div>
      )}
    </div>
  );
}
