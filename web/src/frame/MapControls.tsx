import { useDistrict } from '../api/queries';
import { useWords } from '../language';
import { useControl } from '../map/control';
import css from '../map/map.module.css';
import { words } from '../map/words';
import { useWorkbench } from '../state/workbench';
import { IconButton } from '../ui/Button';

export function MapControls() {
  const t = useWords(words);
  const controller = useControl((s) => s.controller);
  const district = useDistrict(useWorkbench((s) => s.district));
  return (
    <div className={`${css.corner} ${css.controls}`}>
      <IconButton
        icon="plus"
        label={t('zoomIn')}
        onClick={() => controller?.zoomBy(1)}
        data-testid="zoom-in"
      />
      <IconButton
        icon="minus"
        label={t('zoomOut')}
        onClick={() => controller?.zoomBy(-1)}
        data-testid="zoom-out"
      />
      <IconButton
        icon="home"
        label={t('whole')}
        onClick={() => controller?.lookAt(district.data?.bbox ?? null, district.data?.center ?? null)}
        data-testid="whole-district"
      />
    </div>
  );
}
