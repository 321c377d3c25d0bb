// The programme: so far, in which year each zone is done.
import css from '../frame/frame.module.css';
import { words } from '../frame/words';
import { useWords } from '../language';
import { PhasesPanel } from '../phases/PhasesPanel';

export default function ProgramPanel() {
  const t = useWords(words);
  return (
    <>
      <header className={css.head}>
        <h2>{t('program')}</h2>
      </header>
      <PhasesPanel />
    </>
  );
}
