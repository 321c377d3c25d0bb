// Sources of files that are known: their files are imported as the last one was.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { forgetHabit, type Habit, useHabits } from '../api/inspections';
import { keys } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, moment } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { IconButton } from '../ui/Button';
import { Notice, useSentence } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './data.module.css';
import { words } from './words';

export function Habits() {
  const t = useWords(words);
  const client = useQueryClient();
  const sentence = useSentence();
  const district = useWorkbench((s) => s.district);
  const list = useHabits(district, true).data ?? [];
  const [fault, setFault] = useState<string | null>(null);
  if (list.length === 0) return null;
  const forget = async (h: Habit) => {
    setFault(null);
    try {
      await forgetHabit(district, h.id);
    } catch (error) {
      setFault(sentence(error));
    }
    void client.invalidateQueries({ queryKey: keys.habits(district) });
  };
  return (
    <div className={css.section} data-testid="habits">
      <h3>{t('habits')}</h3>
      <p className={ui.hint}>{t('habitsText')}</p>
      {fault && <Notice tone="bad">{fault}</Notice>}
      {list.map((h) => (
        <div key={h.id} className={own.file} data-testid="habit">
          <div>
            <strong title={h.name}>{h.name}</strong>
            <span>
              {t('by', { who: h.created_by || '—', when: moment(h.updated_at) })} ·{' '}
              {t('habitUsed', { n: count(h.used) })}
            </span>
          </div>
          <IconButton
            icon="trash"
            small
            label={t('forget')}
            onClick={() => void forget(h)}
            data-testid="habit-forget"
          />
        </div>
      ))}
    </div>
  );
}
