import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Checkbox } from '../ui/Field';
import { Icon } from '../ui/icons';
import { useDrawing } from './drawing';
import { words } from './words';
import own from './zones.module.css';

/** Snapping on or off, for every tool that places points. */
export function SnapSwitch() {
  const t = useWords(words);
  const zoom = useWorkbench((s) => s.place?.zoom ?? 0);
  const snapping = useDrawing((s) => s.snapping);
  return (
    <>
      <Checkbox checked={snapping} onChange={useDrawing.getState().setSnapping} testId="snapping">
        <Icon name="magnet" size={14} />
        <span title={t('snappingTip')}>{t('snapping')}</span>
      </Checkbox>
      {snapping && zoom < 14 && <p className={own.hint}>{t('hintZoom')}</p>}
    </>
  );
}
