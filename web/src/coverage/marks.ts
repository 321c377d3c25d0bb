// How well a figure of a standard was checked, in words.
import { useWords } from '../language';
import { words } from './words';

export function useMark(): (mark: string) => string {
  const t = useWords(words);
  return (mark) => (`mark.${mark}` in words ? t(`mark.${mark}` as keyof typeof words) : mark);
}
