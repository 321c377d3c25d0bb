// What an import did, in figures and rows.
import { faultyRows } from '../api/dossiers';
import type { ImportReport } from '../api/nouns';
import { useWords } from '../language';
import { count } from '../language/format';
import { Notice } from '../ui/State';
import ui from '../ui/ui.module.css';
import css from './data.module.css';
import { words } from './words';

/** `job` is the one that made the report: the faulty rows are kept under its id. */
export function ReportBody({ report: r, job }: { report: ImportReport; job: string }) {
  const t = useWords(words);
  const refused = r.refused ?? [];
  const repairs = r.repairs ?? [];
  const layers = Object.entries(r.layers ?? {});
  const numbers: [keyof typeof words, number, boolean][] = [
    ['taken', r.rows_taken, false],
    ['inserted', r.inserted, false],
    ['updated', r.updated, false],
    ['unchanged', r.unchanged, false],
    ['refused', r.rows_refused, r.rows_refused > 0],
  ];
  return (
    <>
      <div className={css.numbers}>
        {numbers.map(([key, n, bad]) => (
          <div key={key} className={bad ? css.bad : ''} data-testid={`report-${key}`}>
            <span>{t(key)}</span>
            <strong>{count(n)}</strong>
          </div>
        ))}
      </div>
      {r.faulty_sheet && (
        <Notice tone="warn">
          <div data-testid="faulty-sheet">
            {t('faultyTitle', { n: r.faulty_sheet.rows })}
            <div className={css.links}>
              <a href={faultyRows(job, 'xlsx')} data-testid="faulty-xlsx">
                {t('faultyXlsx')}
              </a>
              <a href={faultyRows(job, 'csv')}>{t('faultyCsv')}</a>
            </div>
          </div>
        </Notice>
      )}
      {layers.length > 1 && (
        <table className={css.list}>
          <thead>
            <tr>
              <th>{t('byLayer')}</th>
              <th>{t('inserted')}</th>
              <th>{t('updated')}</th>
              <th>{t('unchanged')}</th>
              <th>{t('refused')}</th>
            </tr>
          </thead>
          <tbody>
            {layers.map(([name, l]) => (
              <tr key={name}>
                <td>{`layer.${name}` in words ? t(`layer.${name}` as keyof typeof words) : name}</td>
                <td>{count(l.inserted)}</td>
                <td>{count(l.updated)}</td>
                <td>{count(l.unchanged)}</td>
                <td>{count(l.refused)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {refused.length > 0 && (
        <section>
          <h4>
            {t('refused')}{' '}
            {r.rows_refused > refused.length && (
              <span className={ui.hint}>{t('firstOf', { n: refused.length, total: r.rows_refused })}</span>
            )}
          </h4>
          <div className={css.listBox}>
            <table className={css.list} data-testid="refused-rows">
              <thead>
                <tr>
                  <th>{t('row')}</th>
                  <th>{t('reason')}</th>
                  <th>{t('value')}</th>
                </tr>
              </thead>
              <tbody>
                {refused.map((x, i) => (
                  <tr key={`${x.row}-${i.toString()}`}>
                    <td>{x.row}</td>
                    <td>{x.reason}</td>
                    <td>{x.value}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
      {repairs.length > 0 && (
        <section>
          <h4>
            {t('repairs')} <span className={ui.hint}>{count(r.repairs_total)}</span>
          </h4>
          <div className={css.listBox}>
            <table className={css.list}>
              <thead>
                <tr>
                  <th>{t('row')}</th>
                  <th>{t('what')}</th>
                  <th>{t('before')}</th>
                  <th>{t('after')}</th>
                </tr>
              </thead>
              <tbody>
                {repairs.map((x, i) => (
                  <tr key={`${x.row}-${i.toString()}`}>
                    <td>{x.row}</td>
                    <td>{x.what}</td>
                    <td>{x.before}</td>
                    <td>{x.after}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
      {(r.notes ?? []).map((note) => (
        <Notice key={note}>{note}</Notice>
      ))}
    </>
  );
}
