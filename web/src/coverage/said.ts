// How the settings and answers of a run read.
import type { Language } from '../language';
import { count, metres } from '../language/format';
import { settingsWords } from './settingsWords';
import { words } from './words';

export interface Limit {
  metres?: number;
  minutes?: number;
}

/** One decimal below ten where it says something: "4.5 分钟", "12 min". */
export function minutesSaid(minutes: number, language: Language): string {
  const text = minutes < 10 ? String(Number(minutes.toFixed(1))) : minutes.toFixed(0);
  return language === 'zh' ? `${text} 分钟` : `${text} min`;
}

export function limitSaid(limit: Limit, language: Language): string {
  if (limit.metres !== undefined) return metres(limit.metres);
  return limit.minutes === undefined ? '—' : minutesSaid(limit.minutes, language);
}

/** "老年人 1 m/s", with "无台阶" where stairs do not count as a way. */
export function walkerSaid(
  walker: { key: string; name: string; speed_m_s: number; step_free: boolean },
  language: Language,
): string {
  const at = language === 'zh' ? 0 : 1;
  const name = `walker.${walker.key}`;
  const said = name in settingsWords ? settingsWords[name as keyof typeof settingsWords][at] : walker.name;
  return `${said} ${walker.speed_m_s} m/s${walker.step_free ? ` · ${words.stepFree[at]}` : ''}`;
}

/** A figure of the unit in which a run counts: metres, minutes. */
export function amountSaid(value: number, unit: 'metres' | 'minutes', language: Language): string {
  return unit === 'metres' ? metres(value) : minutesSaid(value, language);
}

/** Metres to the metre: a proof does not round to kilometres. */
export const exactMetres = (m: number): string => `${count(Math.round(m))} m`;
/** The same for minutes. */
export const exactMinutes = (minutes: number, language: Language): string =>
  `${minutes.toFixed(1)} ${language === 'zh' ? '分钟' : 'min'}`;
