// The screen itself: fits the sheet without scrolling and prints on one page.
import type { Board } from '../api/dashboard';
import { useWords } from '../language';
import { DemoMark } from '../ui/State';
import { BoardMapCard } from './BoardMapCard';
import { Card } from './Card';
import { ConsentCard } from './ConsentCard';
import { CoverageCard } from './CoverageCard';
import own from './dashboard.module.css';
import { Headline } from './Headline';
import { LateList } from './LateList';
import { MoneyCard } from './MoneyCard';
import { MonthCard } from './MonthCard';
import { TargetCard } from './TargetCard';
import { words } from './words';
import { YearCard } from './YearCard';

export function BoardScreen({ board: b }: { board: Board }) {
  const t = useWords(words);
  return (
    <div className={own.board} data-testid="board">
      <p className={own.printHead}>
        {t('title', { name: b.name })} · {b.year} · {t('asOf', { day: b.today })} ·{' '}
        {t('by', { plan: b.policy.short_title, no: b.policy.document_no })} {b.generated > 0 && <DemoMark />}
      </p>
      <Headline board={b} />
      <TargetCard board={b} />
      <BoardMapCard />
      <Card area="late" name={t('lateItems')} aside={<span className={own.badge}>{b.late.total}</span>}>
        <LateList items={b.late.items} />
      </Card>
      <YearCard board={b} />
      <MonthCard board={b} />
      <MoneyCard money={b.money} year={b.year} />
      <ConsentCard consent={b.consent} />
      <CoverageCard coverage={b.coverage} />
    </div>
  );
}
