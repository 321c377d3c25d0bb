// A community in the scorecard that is open: its radar, and the same as a list.
import type { ScoreCommunity, Scorecard } from '../api/nouns';
import { useScorecard } from '../api/scorecards';
import { limitSaid } from '../coverage/said';
import { useTypeName } from '../coverage/useTypeName';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { percent } from '../language/format';
import { useWorkbench } from '../state/workbench';
import ui from '../ui/ui.module.css';
import { Radar } from './Radar';
import { colourOf } from './ramp';
import own from './scorecards.module.css';
import { words } from './words';

export default function CommunityScore({ code, batch }: { code: string; batch: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const card = useScorecard(district, batch).data;
  if (!card) return null;
  const row = card.communities.find((c) => c.code === code);
  return (
    <div className={css.section} data-testid="community-score">
      <h3>
        {t('radar')}
        <span className={ui.hint}>{t(`method.${card.batch.method}`)}</span>
      </h3>
      {row ? <Shares card={card} row={row} /> : <p className={ui.hint}>{t('radarNone')}</p>}
    </div>
  );
}

function Shares({ card, row }: { card: Scorecard; row: ScoreCommunity }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const typeName = useTypeName();
  return (
    <>
      <div className={own.radarRow}>
        <Radar
          shares={row.share}
          label={t('radarOf', { name: row.name, have: row.have, all: card.types.length })}
        />
        <div className={own.radarFigures}>
          <span>{t('score')}</span>
          <strong>{percent(row.score)}</strong>
          <span>{t('have')}</span>
          <strong>
            {row.have} / {card.types.length}
          </strong>
        </div>
      </div>
      <ol className={own.shares}>
        {card.types.map((type, i) => {
          const share = row.share[i] ?? null;
          return (
            <li key={type.facility_type}>
              <span>{i + 1}</span>
              <span title={limitSaid(type.limit, language)}>{typeName(type)}</span>
              <i style={{ background: colourOf(share) }} />
              <span>{share === null ? t('noShare') : percent(share)}</span>
            </li>
          );
        })}
      </ol>
    </>
  );
}
