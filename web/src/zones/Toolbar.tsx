// The tools, over the upper left corner of the map.
import { createPortal } from 'react-dom';
import { useWords } from '../language';
import { IconButton } from '../ui/Button';
import { useDrawing } from './drawing';
import { handTools, useHand } from './tools';
import type { useTools } from './useTools';
import { words } from './words';
import css from './zones.module.css';

export function Toolbar({ take, refused }: ReturnType<typeof useTools>) {
  const t = useWords(words);
  const hand = useHand();
  const snapping = useDrawing((s) => s.snapping);
  const place = document.getElementById('map');
  if (!place) return null;
  return createPortal(
    <div className={css.toolbar} role="toolbar" aria-label={t('tools')} data-testid="zone-tools">
      {handTools.map(({ hand: tool, icon, key, apart }) => (
        <IconButton
          key={tool}
          icon={icon}
          label={t(`tool.${tool}`)}
          keys={key}
          pressed={hand === tool}
          refused={refused}
          className={apart && css.apart}
          aria-keyshortcuts={key}
          onClick={() => void take(tool)}
          data-testid={`tool-${tool}`}
        />
      ))}
      <IconButton
        icon="magnet"
        label={t('snappingTip')}
        pressed={snapping}
        className={css.apart}
        onClick={() => useDrawing.getState().setSnapping(!snapping)}
        data-testid="tool-snapping"
      />
    </div>,
    place,
  );
}
