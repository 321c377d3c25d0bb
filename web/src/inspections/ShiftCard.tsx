// How far the file lies from what the register has, as it is and under each
// hypothesis: the residual before and after, and a bar for each.
import type { Shift, ShiftHypothesis } from '../api/inspections';
import { useWords } from '../language';
import { Icon } from '../ui/icons';
import ui from '../ui/ui.module.css';
import own from './inspections.module.css';
import { barShare, residualText } from './residual';
import { words } from './words';

export function ShiftCard({
  shift,
  chosen,
  busy,
  onChoose,
}: {
  shift: Shift;
  chosen: ShiftHypothesis['datum'];
  busy: boolean;
  onChoose: (datum: ShiftHypothesis['datum']) => void;
}) {
  const t = useWords(words);
  const list = shift.hypotheses ?? [];
  const most = Math.max(1, ...list.map((h) => h.residual ?? 0));
  const said = (h: ShiftHypothesis) => {
    const name = t(`datum.${h.datum}`);
    if (h.datum !== 'offset' || !shift.offset) return name;
    const [east, north] = shift.offset;
    return `${name}（${t('offsetOf', { east: east.toFixed(1), north: north.toFixed(1) })}）`;
  };
  return (
    <div className={own.shift} data-testid="shift" data-proposed={shift.proposed}>
      <div className={own.shiftHead}>
        <div>
          <span>{t('before')}</span>
          <strong data-testid="shift-before">{residualText(shift.before, t('unknownResidual'))}</strong>
        </div>
        <Icon name="right" size={16} />
        <div data-good={shift.proposed !== 'none'}>
          <span>{t('after')}</span>
          <strong data-testid="shift-after">{residualText(shift.after, t('unknownResidual'))}</strong>
        </div>
        <p>
          {t(`against.${shift.against}`)}，{t('compared', { n: shift.compared })} ·{' '}
          <span className={shift.clear ? own.good : own.doubt}>
            {shift.clear ? t('clear') : t('unclear')}
          </span>
          <br />
          {shift.reason}
        </p>
      </div>
      <ul className={own.bars}>
        {list.map((h) => (
          <li key={h.datum}>
            <label>
              <input
                type="radio"
                name="datum"
                checked={chosen === h.datum}
                disabled={busy}
                onChange={() => onChoose(h.datum)}
                data-testid={`datum-${h.datum}`}
              />
              <span>
                {said(h)}
                {h.datum === shift.proposed && (
                  <span className={`${ui.badge} ${ui.plain} ${ui.accentTone}`}>{t('proposed')}</span>
                )}
              </span>
            </label>
            <span className={own.residual} title={t('residual')}>
              <i
                data-best={h.datum === shift.proposed}
                style={{ width: `${100 * barShare(h.residual, most)}%` }}
              />
            </span>
            <span>{residualText(h.residual, t('unknownResidual'))}</span>
            <span>{t('pairs', { n: h.pairs })}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
