// How answers read.
import type { SitingAnswer, SitingRequest } from '../api/nouns';
import { minutesSaid } from '../coverage/said';
import type { Language, Translate } from '../language';
import { count, metres } from '../language/format';
import type { Model } from './question';
import type { words } from './words';

/** "已证明最优", or how far from the best at most. Two decimals only where one would say nothing. */
export function gapSaid(a: Pick<SitingAnswer, 'proven' | 'gap_percent'>, t: Translate<typeof words>): string {
  return a.proven ? t('proven') : t('gap', { n: percentSaid(a.gap_percent) });
}
export function percentSaid(percent: number): string {
  const text =
    percent >= 0.095 || percent === 0 ? percent.toFixed(1) : percent < 0.005 ? '< 0.01' : percent.toFixed(2);
  return `${text}%`;
}

/** A value or bound in the unit of the answer. */
export function valueSaid(
  value: number,
  unit: SitingAnswer['unit'],
  language: Language,
  t: Translate<typeof words>,
): string {
  switch (unit) {
    case 'households':
      return count(value);
    case 'sites':
      return t('sitesN', { n: count(value) });
    case 'metres':
      // A kilometre with one decimal would hide what was proven.
      return value < 10_000 ? `${count(value)} m` : metres(value);
    case 'minutes':
      return minutesSaid(value, language);
  }
}

/** What the value of a model is called; along a straight line nobody walks. */
export function valueName(model: Model, method: SitingRequest['method'], t: Translate<typeof words>): string {
  const straight = (method ?? 'radius') === 'radius';
  switch (model) {
    case 'mclp':
      return t('value.households');
    case 'lscp':
      return t('value.sites');
    case 'pmedian':
      return t(straight ? 'meanLine' : 'meanWalk');
    case 'pcenter':
      return t(straight ? 'worstLine' : 'worstWalk');
  }
}
/** Most households is bounded from above, everything else from below. */
export const boundName = (model: Model, t: Translate<typeof words>): string =>
  t(model === 'mclp' ? 'atBest' : 'atLeast');
