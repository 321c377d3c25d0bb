// Rows for what the register, or the file itself, has already: one choice for the
// layer, and another one for single rows.
import type { LayerDecision } from '../api/inspections';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, percent } from '../language/format';
import { Segments } from '../ui/Field';
import { Select } from '../ui/Select';
import ui from '../ui/ui.module.css';
import { decided, duplicatesOf, ofLayer, rowDecided } from './decisions';
import { useInspectionDesk } from './desk';
import own from './inspections.module.css';
import type { StepProps } from './useDecide';
import { words } from './words';

const kinds = ['by_code', 'by_overlap', 'by_name', 'in_file'] as const;
const actions = ['skip', 'update', 'new'] as const;

export default function DuplicatesStep({ inspection, layer, deciding }: StepProps) {
  const t = useWords(words);
  const setRow = useInspectionDesk((s) => s.setRow);
  const d = layer.duplicates;
  const all = duplicatesOf(layer);
  const pairs = d.examples ?? [];
  const byRow = ofLayer(inspection.decisions, layer.name).rows ?? {};
  if (all === 0)
    return (
      <div className={css.section}>
        <h3>{t('step.duplicates')}</h3>
        <p className={own.fine}>
          {t('noDuplicates')}。{t('noDuplicatesText')}
        </p>
      </div>
    );
  return (
    <>
      <div className={css.section}>
        <div className={own.numbers} data-testid="duplicate-counts">
          {kinds.map((k) => (
            <div key={k} data-testid={`dup-${k}`}>
              <span>{t(`dup.${k}`)}</span>
              <strong>{count(d[k])}</strong>
            </div>
          ))}
        </div>
        {d.same > 0 && <p className={ui.hint}>{t('same', { n: count(d.same) })}</p>}
        <div className={ui.field}>
          <span className={ui.label}>{t('dupChoice')}</span>
          <Segments
            label={t('dupChoice')}
            value={d.chosen}
            options={actions.map((value) => ({ value, label: t(`dupAction.${value}`) }))}
            onChange={(duplicates: LayerDecision['duplicates']) =>
              deciding.change((now) => decided(now, layer.name, { duplicates }))
            }
            testId="duplicates"
          />
          <span className={ui.hint}>
            {d.chosen === 'skip'
              ? t('dupSkipHint')
              : d.chosen === 'update'
                ? t('dupUpdateHint')
                : d.chosen === 'new'
                  ? t('dupNewHint')
                  : ''}
          </span>
        </div>
      </div>
      <div className={css.section}>
        <h3>
          {t('step.duplicates')}
          {all > pairs.length && (
            <span className={ui.hint}>{t('firstOf', { n: pairs.length, total: count(all) })}</span>
          )}
        </h3>
        <table className={own.table} data-testid="duplicate-rows">
          <thead>
            <tr>
              <th>{t('colRow')}</th>
              <th>{t('inFile')}</th>
              <th>{t('inRegister')}</th>
              <th className={own.how}>{t('how')}</th>
              <th>{t('handling')}</th>
            </tr>
          </thead>
          <tbody>
            {pairs.map((p) => (
              <tr key={p.row} onMouseEnter={() => setRow(p.row)}>
                <td>{p.row}</td>
                <td>{p.name || '—'}</td>
                <td>
                  {p.stored || '—'} <span className={ui.hint}>{p.how === 'file' ? '' : p.code}</span>
                </td>
                <td className={own.how}>{t(`how.${p.how}`, { share: percent(p.share), code: p.code })}</td>
                <td className={own.control}>
                  {p.how === 'file' ? (
                    t('dupAction.skip')
                  ) : (
                    <Select
                      label={`${t('row', { n: p.row })}：${t('handling')}`}
                      value={byRow[String(p.row)] ?? ''}
                      disabled={deciding.busy}
                      onChange={(action) =>
                        deciding.change((now) => rowDecided(now, layer.name, p.row, action))
                      }
                      testId={`dup-row-${p.row}`}
                      options={[
                        { value: '', label: t('dupAction.') },
                        ...actions.map((v) => ({ value: v as string, label: t(`dupAction.${v}`) })),
                      ]}
                    />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
