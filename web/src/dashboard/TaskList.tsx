// What the signed-in person has to do, and for the bureau what the subdistricts have to.
import { useState } from 'react';
import type { Task, TaskItem, Tasks } from '../api/dashboard';
import frame from '../frame/frame.module.css';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Icon } from '../ui/icons';
import { dayOf } from './board';
import own from './dashboard.module.css';
import { words } from './words';

export function TaskList({ tasks }: { tasks: Tasks }) {
  const t = useWords(words);
  const mine = tasks.tasks.filter((task) => task.whose === 'own');
  const theirs = tasks.tasks.filter((task) => task.whose !== 'own');
  return (
    <>
      <section className={frame.section} data-testid="tasks">
        <h3>{t('mine')}</h3>
        <p className={own.sentence} data-testid="tasks-sentence">
          {tasks.sentence}
        </p>
        <Rows tasks={mine} />
      </section>
      {theirs.length > 0 && (
        <section className={frame.section} data-testid="tasks-theirs">
          <h3>{t('theirs')}</h3>
          <Rows tasks={theirs} />
        </section>
      )}
    </>
  );
}

function Rows({ tasks }: { tasks: Task[] }) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <ul className={own.tasks}>
      {tasks.map((task) => (
        <TaskRow
          key={task.kind}
          task={task}
          open={open === task.kind}
          toggle={() => setOpen(open === task.kind ? null : task.kind)}
        />
      ))}
    </ul>
  );
}

function TaskRow({ task, open, toggle }: { task: Task; open: boolean; toggle: () => void }) {
  const t = useWords(words);
  const setTab = useWorkbench((s) => s.setProgramTab);
  const id = `task-${task.kind}`;
  return (
    <li>
      <button
        type="button"
        className={own.task}
        aria-expanded={open}
        aria-controls={id}
        onClick={toggle}
        title={task.clause ? t('clause', { clause: task.clause }) : undefined}
        data-testid={id}
        data-count={task.count}
      >
        <span>{task.text}</span>
        {task.late > 0 && <em className={own.badge}>{t('late', { n: task.late })}</em>}
        <Icon name={open ? 'up' : 'down'} size={14} />
      </button>
      {open && (
        <div id={id} className={own.items}>
          <ul>
            {task.items.map((item) => (
              <li key={`${item.code}${item.note}`}>
                <Item item={item} tab={task.tab} />
              </li>
            ))}
          </ul>
          {task.count > task.items.length && (
            <p className={own.note}>{t('more', { n: task.count - task.items.length })}</p>
          )}
          {task.tab !== 'board' && (
            <Button small onClick={() => setTab(task.tab)}>
              {t('go')}
            </Button>
          )}
        </div>
      )}
    </li>
  );
}

function Item({ item, tab }: { item: TaskItem; tab: Task['tab'] }) {
  const t = useWords(words);
  const openSheet = useWorkbench((s) => s.openSheet);
  const setTab = useWorkbench((s) => s.setProgramTab);
  const go = () =>
    item.kind === 'subdistrict' ? setTab(tab) : openSheet({ kind: item.kind, code: item.code, part: '' });
  return (
    <button type="button" className={own.item} onClick={go}>
      <span className={own.itemName}>{item.name}</span>
      {item.due_on && (
        <em className={item.late ? own.bad : undefined}>{t('due', { day: dayOf(item.due_on) })}</em>
      )}
      <small>{item.note}</small>
    </button>
  );
}
