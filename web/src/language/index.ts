// Words in two languages. Each feature keeps its own small dictionary of
// [Chinese, English] pairs beside its components, so that a missing
// translation is a type error and a lazy mode carries only its own words.
import { useMemo } from 'react';
import { type Language, useWorkbench } from '../state/workbench';

export type { Language };
export type Dictionary = Record<string, readonly [zh: string, en: string]>;
export type Values = Record<string, string | number>;
export type Translate<D extends Dictionary> = (key: keyof D & string, values?: Values) => string;

export function translate<D extends Dictionary>(words: D, language: Language): Translate<D> {
  return (key, values) => {
    const text = words[key]?.[language === 'zh' ? 0 : 1] ?? key;
    return values ? text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '')) : text;
  };
}

/** The same function until the language changes. */
export function useWords<D extends Dictionary>(words: D): Translate<D> {
  const language = useWorkbench((s) => s.language);
  return useMemo(() => translate(words, language), [words, language]);
}
