// The board in the panel: what the person has to do, where the programme stands, what is late.
import { useBoard, useTasks } from '../api/dashboard';
import frame from '../frame/frame.module.css';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { DemoMark, Failure, Waiting } from '../ui/State';
import own from './dashboard.module.css';
import { useHeadline } from './Headline';
import { LateList } from './LateList';
import { TaskList } from './TaskList';
import { words } from './words';

export default function BoardPanel() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const openSheet = useWorkbench((s) => s.openSheet);
  const tasks = useTasks(district);
  const board = useBoard(district);
  const headline = useHeadline(board.data);
  return (
    <div className={frame.scroll} data-testid="board-panel">
      <section className={frame.section}>
        <Button
          tone="primary"
          icon="table"
          wide
          onClick={() => openSheet({ kind: 'board', code: '', part: '' })}
          data-testid="board-open"
        >
          {t('full')}
        </Button>
      </section>
      {tasks.isError ? (
        <Failure error={tasks.error} retry={() => void tasks.refetch()} />
      ) : tasks.data ? (
        <TaskList tasks={tasks.data} />
      ) : (
        <Waiting rows={4} />
      )}
      {board.isError ? (
        <Failure error={board.error} retry={() => void board.refetch()} />
      ) : board.data ? (
        <>
          <section className={frame.section}>
            <h3>
              {t('board')} {board.data.year}
              {board.data.generated > 0 && <DemoMark />}
            </h3>
            <div className={frame.figures}>
              {headline.map((f) => (
                <div key={f.key} className={frame.figure} title={f.note}>
                  <span>{f.name}</span>
                  <strong className={f.bad ? own.bad : undefined}>{f.value}</strong>
                  <span className={own.note}>{f.note}</span>
                </div>
              ))}
            </div>
          </section>
          <section className={frame.section}>
            <h3>
              {t('lateItems')} <span className={own.badge}>{board.data.late.total}</span>
            </h3>
            <LateList items={board.data.late.items.slice(0, 6)} narrow />
            {board.data.late.total > 6 && (
              <Button small onClick={() => openSheet({ kind: 'board', code: '', part: '' })}>
                {t('allLate', { n: board.data.late.total })}
              </Button>
            )}
          </section>
        </>
      ) : (
        <Waiting rows={6} />
      )}
    </div>
  );
}
