// Projects by year and phase, and those that are not in a library yet.
import type { Board } from '../api/dashboard';
import { useWords } from '../language';
import { floorArea } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { countOf, isLive, phases, yearsOf } from './board';
import { Card } from './Card';
import own from './dashboard.module.css';
import { words } from './words';

export function YearCard({ board: b }: { board: Board }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const rows = yearsOf(b.projects);
  const most = Math.max(1, ...rows.map((r) => r.all));
  const n = (test: Parameters<typeof countOf>[1]) => countOf(b.projects, test);
  return (
    <Card
      area="years"
      name={t('years')}
      aside={
        <span className={own.legend}>
          {phases.map((p) => (
            <span key={p}>
              <i data-phase={p} />
              {t(`phase.${p}`)}
            </span>
          ))}
        </span>
      }
    >
      <ul className={own.years}>
        {rows.map((row) => (
          <li key={row.year} data-now={row.year === b.year}>
            <b>{row.year}</b>
            <span className={own.stack}>
              {phases.map(
                (p) =>
                  row.projects[p] > 0 && (
                    <i
                      key={p}
                      data-phase={p}
                      style={{ width: `${(100 * row.projects[p]) / most}%` }}
                      title={`${t(`phase.${p}`)}：${t('projectsOf', { n: row.projects[p], area: floorArea(row.area[p], language) })}`}
                    />
                  ),
              )}
            </span>
            <span>
              {t('projectsOf', {
                n: row.all,
                area: floorArea(row.area.implement + row.area.plan + row.area.reserve, language),
              })}
            </span>
          </li>
        ))}
      </ul>
      <p className={own.note}>
        {t('intake', {
          applied: n((s) => s.state === 'applied'),
          accepted: n((s) => s.state === 'accepted'),
          returned: n((s) => s.state === 'returned'),
        })}
        <br />
        {t('libraries', {
          comprehensive: n((s) => isLive(s) && s.library === 'comprehensive'),
          management: n((s) => isLive(s) && s.library === 'management'),
        })}
        {b.strays > 0 && <b className={own.bad}> · {t('strays', { n: b.strays })}</b>}
      </p>
    </Card>
  );
}
