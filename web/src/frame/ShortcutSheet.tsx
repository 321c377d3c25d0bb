import { useWords } from '../language';
import { Dialog } from '../ui/Dialog';
import ui from '../ui/ui.module.css';
import css from './frame.module.css';
import { words } from './words';

export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const t = useWords(words);
  const parts: [string, [string, string][]][] = [
    [
      t('keys.general'),
      [
        [t('keys.search'), '/  ·  Ctrl+K'],
        [t('keys.modes'), '1 – 6'],
        [t('keys.table'), 'T'],
        [t('undo'), 'Ctrl+Z'],
        [t('redo'), 'Ctrl+Shift+Z'],
        [t('keys.escape'), 'Esc'],
        [t('keys.sheet'), '?'],
      ],
    ],
    [
      t('keys.drawing'),
      [
        [t('keys.polygon'), 'P  ·  R  ·  F  ·  C'],
        [t('keys.edit'), 'V'],
        [t('keys.part'), 'A  ·  H'],
        [t('keys.brush'), 'B'],
        [t('keys.radius'), '[  ·  ]'],
        [t('keys.paintOut'), t('keys.paintOutKeys')],
        [t('keys.line'), 'X  ·  S'],
        [t('keys.merge'), t('keys.mergeKeys')],
        [t('keys.finish'), t('keys.finishKeys')],
        [t('keys.vertex'), t('keys.vertexKeys')],
        [t('keys.ring'), 'Delete'],
        [t('keys.move'), t('keys.moveKeys')],
        [t('keys.snap'), t('keys.snapKeys')],
        [t('keys.pan'), t('keys.panKeys')],
      ],
    ],
  ];
  return (
    <Dialog open onClose={onClose} title={t('shortcuts')} width={680} testId="shortcut-sheet">
      <div className={css.shortcuts}>
        {parts.map(([title, rows]) => (
          <div key={title}>
            <h3>{title}</h3>
            <dl>
              {rows.map(([what, keys]) => (
                <div key={what}>
                  <dt>{what}</dt>
                  <dd>
                    <kbd className={ui.kbd}>{keys}</kbd>
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        ))}
      </div>
    </Dialog>
  );
}
