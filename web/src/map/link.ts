// The code of a link, which has none of its own: those of its two communities,
// as they stand in the tiles.

/** Far out the tiles name no communities; there a link cannot be told from others. */
export function linkCode(of: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof of.a !== 'string' || typeof of.b !== 'string') return undefined;
  return `${encodeURIComponent(of.a)}|${encodeURIComponent(of.b)}`;
}

export function endsOf(code: string): { a: string; b: string } | null {
  const [a, b, ...more] = code.split('|');
  if (!a || !b || more.length) return null;
  try {
    return { a: decodeURIComponent(a), b: decodeURIComponent(b) };
  } catch {
    return null;
  }
}
