// Faults of shapes: what each is, what is done about it, and what that changes.
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, landArea } from '../language/format';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { Segments } from '../ui/Field';
import ui from '../ui/ui.module.css';
import { decided, ofLayer } from './decisions';
import { useInspectionDesk } from './desk';
import own from './inspections.module.css';
import type { StepProps } from './useDecide';
import { words } from './words';

const choices = ['accept', 'refuse'] as const;

export default function GeometryStep({ inspection, diagnosis, layer, deciding }: StepProps) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const setRow = useInspectionDesk((s) => s.setRow);
  const faults = layer.geometry ?? [];
  const proposal = ofLayer(diagnosis.proposal, layer.name).repairs;
  const chosen = ofLayer(inspection.decisions, layer.name).repairs || proposal || '';
  const look = (row: number, at: [number, number] | null) => {
    setRow(row);
    if (at) useControl.getState().controller?.lookAt(null, at);
  };
  if (faults.length === 0)
    return (
      <div className={css.section}>
        <h3>{t('faults')}</h3>
        <p className={own.fine}>{t('noFaults')}</p>
      </div>
    );
  return (
    <>
      <div className={css.section}>
        <div className={ui.field}>
          <span className={ui.label}>{t('repairsChoice')}</span>
          <Segments
            label={t('repairsChoice')}
            value={chosen}
            options={choices.map((value) => ({ value, label: t(`repairs.${value}`) }))}
            onChange={(repairs) => deciding.change((d) => decided(d, layer.name, { repairs }))}
            testId="repairs"
          />
        </div>
      </div>
      <div className={css.section} data-testid="geometry-faults">
        <h3>{t('faults')}</h3>
        {faults.map((f) => (
          <details key={f.kind} className={own.fault} open={faults.length < 4}>
            <summary>
              <strong>{f.detail}</strong>
              <span className={`${ui.badge} ${ui.plain} ${f.repair ? ui.warnTone : ui.badTone}`}>
                {count(f.count)}
              </span>
              <span>
                {f.repair || t('noRepair')}
                {f.area_before > 0 && (
                  <>
                    {' · '}
                    {t('area', {
                      before: landArea(f.area_before, language),
                      after: landArea(f.area_after, language),
                    })}
                  </>
                )}
              </span>
            </summary>
            {(f.examples ?? []).length > 0 && (
              <ul className={own.examples}>
                {(f.examples ?? []).map((e, i) => (
                  <li key={`${e.row}-${i.toString()}`}>
                    <button type="button" onClick={() => look(e.row, e.at)}>
                      {t('row', { n: e.row })}
                    </button>
                    <span>{[e.before, e.after].filter(Boolean).join(' → ')}</span>
                  </li>
                ))}
              </ul>
            )}
          </details>
        ))}
      </div>
    </>
  );
}
