// What the scorecard says of the community under the pointer.
import type { Scorecard } from '../api/nouns';
import { useTypeName } from '../coverage/useTypeName';
import { useWords } from '../language';
import { percent } from '../language/format';
import { MapTip } from '../map/MapTip';
import { same, useWorkbench } from '../state/workbench';
import { Radar } from './Radar';
import own from './scorecards.module.css';
import { words } from './words';

const WORST = 3;

export function ScoreCard({ card }: { card: Scorecard }) {
  const t = useWords(words);
  const typeName = useTypeName();
  const code = useWorkbench((s) =>
    s.pointer && s.hovered?.kind === 'community' && !same(s.hovered, s.selection) ? s.hovered.code : null,
  );
  const row = code === null ? null : card.communities.find((c) => c.code === code);
  if (!row) return null;
  const lacks = card.types
    .map((type, i) => ({ type, share: row.share[i] ?? null }))
    .filter(
      (l): l is { type: (typeof card.types)[number]; share: number } => l.share !== null && l.share < 0.5,
    )
    .sort((a, b) => a.share - b.share)
    .slice(0, WORST);
  return (
    <MapTip testId="score-card">
      <strong>{row.name}</strong>
      <span>
        {t('score')} {percent(row.score)} · {t('have')} {row.have} / {card.types.length}
      </span>
      <Radar
        shares={row.share}
        size={110}
        plain
        label={t('radarOf', { name: row.name, have: row.have, all: card.types.length })}
      />
      {lacks.length > 0 && (
        <span className={own.quiet}>
          {t('lacks')}：{lacks.map((l) => `${typeName(l.type)} ${percent(l.share)}`).join('、')}
        </span>
      )}
    </MapTip>
  );
}
