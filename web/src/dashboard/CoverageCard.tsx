// The reach of each type of facility before and after, by one method and limit.
import type { BoardCoverage } from '../api/dashboard';
import { useWords } from '../language';
import { percent } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Card } from './Card';
import own from './dashboard.module.css';
import { words } from './words';

export function CoverageCard({ coverage }: { coverage: BoardCoverage[] }) {
  const t = useWords(words);
  const setMode = useWorkbench((s) => s.setMode);
  const openSheet = useWorkbench((s) => s.openSheet);
  const go = () => {
    openSheet(null);
    setMode('coverage');
  };
  return (
    <Card area="coverage" name={t('coverage')}>
      {coverage.length === 0 ? (
        <div className={own.nothing}>
          <p className={own.note}>{t('noCoverage')}</p>
          <Button small onClick={go}>
            {t('toCoverage')}
          </Button>
        </div>
      ) : (
        <ul className={own.coverage}>
          {coverage.map((c) => (
            <Line key={c.facility_type} line={c} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Line({ line: c }: { line: BoardCoverage }) {
  const t = useWords(words);
  const limit = c.metres !== null ? `${c.metres} m` : `${c.minutes} min`;
  const [from, to] = [c.before.share, c.after.share];
  const [first, second] = c.kind === 'later' ? [t('first'), t('latest')] : [t('now'), t('after')];
  const said =
    c.kind === 'same'
      ? `${t('now')} ${percent(from)}`
      : `${first} ${percent(from)} → ${second} ${percent(to)}`;
  return (
    <li title={`${said} · ${t(`method.${c.method}`)} ${limit} ${c.standard}`}>
      <span>{c.facility_name}</span>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect className={own.rail} x={0} y={3.5} width={100} height={3} />
        <rect className={own.before} x={0} y={2.5} width={100 * from} height={5} />
        {to !== from && (
          <rect
            className={to > from ? own.gain : own.loss}
            x={100 * Math.min(from, to)}
            y={2.5}
            width={100 * Math.abs(to - from)}
            height={5}
          />
        )}
      </svg>
      <b>{c.kind === 'same' ? percent(from) : `${percent(from)} → ${percent(to)}`}</b>
    </li>
  );
}
