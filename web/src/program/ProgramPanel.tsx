import css from '../frame/frame.module.css';
import { words } from '../frame/words';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Empty } from '../ui/State';

export default function ProgramPanel() {
  const t = useWords(words);
  const setMode = useWorkbench((s) => s.setMode);
  return (
    <>
      <header className={css.head}>
        <h2>{t('program')}</h2>
      </header>
      <Empty
        icon="program"
        title={t('program.title')}
        action={<Button onClick={() => setMode('zones')}>{t('program.zones')}</Button>}
      >
        {t('program.text')}
      </Empty>
    </>
  );
}
