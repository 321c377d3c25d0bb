// What two communities have between them, in words. Pure.
import type { Link } from '../api/nouns';
import type { useWords } from '../language';
import { metres } from '../language/format';
import type { words } from './words';

export type Say = ReturnType<typeof useWords<typeof words>>;

export function between(
  l: Pick<Link, 'crossed' | 'crossings' | 'shared_edge_m' | 'shared_street'>,
  t: Say,
): string[] {
  const said = l.crossed.map((barrier) => {
    const kind = barrier as Link['crossings'][number]['barrier'];
    const over = l.crossings.find((c) => c.barrier === kind);
    const what = t('crosses', { what: t(kind) });
    return over ? t('by', { what, way: [over.name, t(over.kind)].filter(Boolean).join(' ') }) : what;
  });
  if (l.shared_edge_m >= 1) said.push(t('sharedEdge', { m: metres(l.shared_edge_m) }));
  if (l.shared_street) said.push(t('sharedStreet', { name: l.shared_street }));
  return said;
}

export const gapOf = (gap: number, t: Say): string =>
  gap < 1 ? t('touching') : t('gap', { m: metres(gap) });
export const walkOf = (walk: number | null | undefined, t: Say): string =>
  walk === null || walk === undefined ? t('noWalk') : t('walk', { m: metres(walk) });
