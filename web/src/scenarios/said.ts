// A revision in one line: what was done, and to which zones.
import type { Revision } from '../api/nouns';
import type { Translate } from '../language';
import { words } from './words';

const NAMED = 2;

export function said(revision: Revision, t: Translate<typeof words>): string {
  const known = `action.${revision.action}` as keyof typeof words;
  const what = known in words ? t(known) : revision.label || revision.action;
  const names = revision.zone_names.slice(0, NAMED).map((name) => `“${name}”`);
  if (!names.length) return what;
  const rest = revision.zone_names.length > NAMED ? t('others', { n: revision.zone_names.length }) : '';
  return t('saidOf', { what, names: names.join('') + rest });
}
