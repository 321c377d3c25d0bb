// One screen for the head of the bureau, and who of the plan does what here.
import { useState } from 'react';
import { useBoard } from '../api/dashboard';
import frame from '../frame/frame.module.css';
import { SheetHead } from '../frame/SheetHead';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { DemoMark, Failure, Waiting } from '../ui/State';
import { BoardScreen } from './BoardScreen';
import { DutiesView } from './DutiesView';
import own from './dashboard.module.css';
import { words } from './words';

export default function BoardSheet() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const part = useWorkbench((s) => s.sheet?.part ?? '');
  const [year, setYear] = useState<number | null>(null);
  const board = useBoard(district, year);
  const b = board.data;
  const shown = part === 'duties' ? 'duties' : '';
  return (
    <>
      <SheetHead
        title={b ? t('title', { name: b.name }) : t('board')}
        sub={b && <Sub board={b} />}
        parts={[
          { key: '', name: t('board') },
          { key: 'duties', name: t('duties') },
        ]}
        part={shown}
      >
        {b && shown === '' && <Years board={b} year={year ?? b.year} onYear={setYear} />}
        {shown === '' && (
          <Button small icon="download" onClick={() => print()} data-testid="board-print">
            {t('print')}
          </Button>
        )}
      </SheetHead>
      {shown === 'duties' ? (
        <div className={frame.sheetBody}>
          <DutiesView />
        </div>
      ) : board.isError ? (
        <Failure error={board.error} retry={() => void board.refetch()} />
      ) : b ? (
        <BoardScreen board={b} />
      ) : (
        <Waiting rows={9} />
      )}
    </>
  );
}

type Shown = NonNullable<ReturnType<typeof useBoard>['data']>;

function Sub({ board: b }: { board: Shown }) {
  const t = useWords(words);
  return (
    <span className={own.sub}>
      {t('asOf', { day: b.today })} · {t('by', { plan: b.policy.short_title, no: b.policy.document_no })}
      {!b.whole && ` · ${t('part')}`}
      {b.generated > 0 && <DemoMark />}
    </span>
  );
}

/** The years that projects, targets and money speak of. */
function Years({ board: b, year, onYear }: { board: Shown; year: number; onYear: (year: number) => void }) {
  const t = useWords(words);
  const all = new Set([year, Number(b.today.slice(0, 4)), ...b.money.years.map((y) => y.year)]);
  return (
    <label className={own.year}>
      {t('year')}
      <select value={year} onChange={(e) => onYear(Number(e.target.value))} data-testid="board-year">
        {[...all]
          .toSorted((x, y) => x - y)
          .map((y) => (
            <option key={y}>{y}</option>
          ))}
      </select>
    </label>
  );
}
