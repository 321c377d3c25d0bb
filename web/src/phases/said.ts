// Sentences about plans. The service says them in Chinese with every name in
// them; in English they are put together here from what it tells.
import type { PhaseContradiction, PhasePlan } from '../api/nouns';
import type { Language, Translate } from '../language';
import { count, floorArea } from '../language/format';
import type { Fault } from './board';
import { words } from './words';

/** Yuan as 万元, with decimals only where the amount is small. */
export function money(yuan: number | null, language: Language): string {
  if (yuan === null) return '—';
  const wan = yuan / 10_000;
  const figure =
    Math.abs(wan) >= 100 || Number.isInteger(wan) ? count(Math.round(wan)) : String(Number(wan.toFixed(2)));
  return language === 'zh' ? `${figure} 万元` : `¥${figure}×10⁴`;
}

export function faultText(
  f: Fault,
  names: ReadonlyMap<string, string>,
  t: Translate<typeof words>,
  language: Language,
): string {
  if (f.kind !== 'breach')
    return f.kind === 'communities'
      ? t('missCommunities', { year: f.year, n: count(f.missing) })
      : t('missArea', { year: f.year, n: floorArea(f.missing, language) });
  const key = `breach.${f.breach.kind}`;
  if (language === 'zh' || !(key in words)) return f.breach.detail.replace(/。$/, '');
  return t(key as keyof typeof words, {
    year: f.year,
    over: money(f.over, language),
    zone: names.get(f.zones[0] ?? '') ?? '',
  });
}

export function contradictionText(
  c: PhaseContradiction,
  names: ReadonlyMap<string, string>,
  t: Translate<typeof words>,
  language: Language,
): string {
  const key = `contradiction.${c.kind}`;
  if (language === 'zh' || !(key in words)) return c.detail.replace(/。$/, '');
  return t(key as keyof typeof words, { year: c.year, zone: names.get(c.zone) ?? '' });
}

export const namesOf = (plan: PhasePlan | null): ReadonlyMap<string, string> =>
  new Map(plan?.zones.map((z) => [z.code, z.name]));
