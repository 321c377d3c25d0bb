import type { Standard } from '../api/nouns';
import { useWords } from '../language';
import own from './coverage.module.css';
import { words } from './words';

/** Where a radius comes from, and how well that was checked. */
export function StandardCard({ standard: s }: { standard: Standard | null }) {
  const t = useWords(words);
  if (!s?.radius_m) return <p className={own.method}>{t('noStandard')}</p>;
  const mark = s.radius_mark || s.mark;
  return (
    <div className={`${own.standard} ${mark === 'C' ? '' : own.doubt}`} data-testid="standard">
      <strong>
        {s.code}
        {s.version ? `-${s.version}` : ''} {s.clause} · ≤ {s.radius_m} m
      </strong>
      <span>{s.source}</span>
      <span>{`mark.${mark}` in words ? t(`mark.${mark}` as keyof typeof words) : mark}</span>
    </div>
  );
}
