// What the import will do, and what is still open.
import type { Diagnosis, Inspection } from '../api/inspections';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count } from '../language/format';
import type { InspectionStep } from '../state/address';
import { Button } from '../ui/Button';
import { Icon } from '../ui/icons';
import { Notice } from '../ui/State';
import ui from '../ui/ui.module.css';
import { stepFor } from './decisions';
import { targets } from './FileStep';
import own from './inspections.module.css';
import { words } from './words';

export function ConfirmStep({
  diagnosis,
  onStep,
  onLayer,
}: {
  inspection: Inspection;
  diagnosis: Diagnosis;
  onStep: (step: InspectionStep) => void;
  onLayer: (layer: string) => void;
}) {
  const t = useWords(words);
  const questions = diagnosis.questions ?? [];
  const layers = (diagnosis.layers ?? []).filter((l) => l.target.layer !== 'none');
  const refused = layers.flatMap((l) => (l.refused ?? []).map((r) => ({ ...r, layer: l.name })));
  return (
    <>
      {questions.length > 0 ? (
        <div className={css.section}>
          <h3>{t('open', { n: questions.length })}</h3>
          <ul className={own.questions}>
            {questions.map((q) => (
              <li key={`${q.kind} ${q.layer}`}>
                <Icon name="question" size={15} />
                <span>{q.text}</span>
                {stepFor(q) !== 'confirm' && (
                  <Button
                    small
                    onClick={() => {
                      if (q.layer) onLayer(q.layer);
                      onStep(stepFor(q));
                    }}
                  >
                    {t('toStep')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </div>
      ) : (
        <div className={own.lead}>
          <Notice icon="check">{t('allAnswered')}</Notice>
        </div>
      )}
      {diagnosis.path === '' && (
        <div className={css.section}>
          <h3>{t('confirmTitle')}</h3>
          <table className={own.table} data-testid="tally">
            <thead>
              <tr>
                <th>{t('layer')}</th>
                <th>{t('into')}</th>
                <th className={own.number}>{t('insert')}</th>
                <th className={own.number}>{t('update')}</th>
                <th className={own.number}>{t('skip')}</th>
                <th className={own.number}>{t('refuse')}</th>
              </tr>
            </thead>
            <tbody>
              {layers.map((l) => (
                <tr key={l.name}>
                  <td>
                    <strong>{l.name || '—'}</strong>
                  </td>
                  <td>{t(`target.${targets.find((x) => x === l.target.layer) ?? ''}`)}</td>
                  <td className={own.number}>{count(l.tally.insert)}</td>
                  <td className={own.number}>{count(l.tally.update)}</td>
                  <td className={own.number}>{count(l.tally.skip)}</td>
                  <td className={`${own.number} ${l.tally.refuse > 0 ? own.doubt : ''}`}>
                    {count(l.tally.refuse)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {refused.length > 0 && (
        <div className={css.section}>
          <h3>{t('refusedRows')}</h3>
          <div className={own.short}>
            <table className={own.table} data-testid="will-refuse">
              <thead>
                <tr>
                  <th>{t('colRow')}</th>
                  <th>{t('reason')}</th>
                  <th>{t('beforeValue')}</th>
                </tr>
              </thead>
              <tbody>
                {refused.map((r, i) => (
                  <tr key={`${r.layer}-${r.row}-${i.toString()}`}>
                    <td>{r.row}</td>
                    <td>{r.reason}</td>
                    <td>{r.value}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </div>
      )}
      <div className={css.section}>
        <p className={ui.hint}>{t('remember')}</p>
      </div>
    </>
  );
}
