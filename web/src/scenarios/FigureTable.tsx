import type { Comparison } from '../api/nouns';
import { useDistrict, useFacilityTypes } from '../api/queries';
import { useWords } from '../language';
import { count, floorArea, landArea, moment, percent } from '../language/format';
import { useWorkbench } from '../state/workbench';
import css from './compare.module.css';
import { type Figure, figuresOf, signed } from './differences';
import { words } from './words';

/** Totals, cost and coverage of both scenarios, and the difference. */
export function FigureTable({ comparison }: { comparison: Comparison }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const district = useWorkbench((s) => s.district);
  const types = useFacilityTypes(useDistrict(district).data?.profile_key ?? '');
  const formats: Record<Figure['kind'], (v: number) => string> = {
    count,
    land: (v) => landArea(v, language),
    floor: (v) => floorArea(v, language),
    share: percent,
    yuan: (v) =>
      language === 'zh' && v >= 10_000
        ? `${(v / 10_000).toFixed(0)} 万元`
        : `${count(v)}${language === 'zh' ? ' 元' : ' yuan'}`,
  };
  const label = (f: Figure): string => {
    if (f.key.startsWith('coverage:')) {
      const key = f.key.slice('coverage:'.length);
      const type = types.data?.find((row) => row.key === key);
      return t('covered', { type: (language === 'zh' ? type?.name : type?.name_en) ?? key });
    }
    return f.key === 'cost' ? t('costTotal') : t(f.key as 'zones');
  };
  const one = (f: Figure, v: number | null) =>
    v === null ? (
      <span className={css.quiet}>{f.key === 'cost' ? t('noCost') : '—'}</span>
    ) : (
      formats[f.kind](v)
    );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard
    <section className={css.figures} tabIndex={0} aria-label={t('tabTotals')} data-testid="compare-totals">
      <table>
        <thead>
          <tr>
            <th>{t('tabTotals')}</th>
            <th>{comparison.a.name}</th>
            <th>{comparison.b.name}</th>
            <th>{t('difference')}</th>
          </tr>
        </thead>
        <tbody>
          {figuresOf(comparison).map((f) => (
            <tr key={f.key} data-testid={`figure-${f.key}`}>
              <th scope="row">
                {label(f)}
                {f.at && <small>{t('computed', { when: moment(f.at) })}</small>}
              </th>
              <td>{one(f, f.a)}</td>
              <td>{one(f, f.b)}</td>
              <td className={f.difference ? css.differs : css.quiet}>
                {f.difference === null ? '—' : signed(f.difference, formats[f.kind])}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
