import type { Method } from '../api/coverage';
import type { Standard } from '../api/nouns';
import { useWords } from '../language';
import own from './coverage.module.css';
import { words } from './words';

/** Where a limit comes from, and how well that was checked. What a method makes of it, the run says. */
export function StandardCard({ standard: s, method }: { standard: Standard | null; method: Method }) {
  const t = useWords(words);
  const tier = s ? `tier.${s.tier}` : '';
  const circle = tier in words && /^c\d/.test(s?.tier ?? '') ? t(tier as keyof typeof words) : '';
  if (!s || (!s.radius_m && !circle)) return <p className={own.method}>{t('noStandard')}</p>;
  const mark = (s.radius_m && s.radius_mark) || s.mark;
  return (
    <div className={`${own.standard} ${mark === 'C' ? '' : own.doubt}`} data-testid="standard">
      <strong>
        {s.code}
        {s.version ? `-${s.version}` : ''} {s.clause}
        {s.radius_m && ` · ≤ ${s.radius_m} m`}
      </strong>
      <span>{s.source}</span>
      {circle && (method === 'walk_slope' || !s.radius_m) && (
        <span>{t(method === 'walk_slope' ? 'circleMinutes' : 'circleOnly', { circle })}</span>
      )}
      <span>{`mark.${mark}` in words ? t(`mark.${mark}` as keyof typeof words) : mark}</span>
    </div>
  );
}
