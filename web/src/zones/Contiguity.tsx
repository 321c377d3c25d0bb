// One or two lines on whether what is drawn or painted hangs together, and what
// would make it so.
import type { Measurement, Totals } from '../api/nouns';
import { useWords } from '../language';
import { Notice } from '../ui/State';
import { words } from './words';

export function Contiguity({ totals }: { totals: Totals | Measurement | null }) {
  const t = useWords(words);
  const known = totals && 'contiguity' in totals ? totals.contiguity : null;
  if (!known || known.parts < 2) return null;
  const [smallest] = known.smallest;
  const join = known.connection;
  const missing = join?.communities.map((c) => c.name) ?? [];
  const declared = join?.links.filter((l) => !l.counts).length ?? 0;
  return (
    <Notice tone="warn">
      <span data-testid="contiguity">
        {t('smallestPart', { n: known.parts, names: smallest ? list(smallest.names) : '—' })}
        {join && '。'}
        {join &&
          (!join.possible
            ? join.why_not
            : missing.length
              ? t('joinBy', { names: list(missing) })
              : declared > 0 && t('joinByLinks', { n: declared }))}
      </span>
    </Notice>
  );
}

const list = (names: readonly string[]) =>
  names.slice(0, 3).join('、') + (names.length > 3 ? ` … (${names.length})` : '');
