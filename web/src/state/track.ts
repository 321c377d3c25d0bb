// The newest code and version of a thing that was changed in this window. Every
// step of undo changes the version, and undoing a deletion gives a new code, so
// the steps of one thing must share what they know of it.
export interface Tracked {
  code: string;
  version: number;
}
const known = new Map<string, Tracked>();

/** What the steps share about the thing; `seen` is how the person saw it when the change was made. */
export function track(kind: string, seen: Tracked): Tracked {
  const key = `${kind}:${seen.code}`;
  const found = known.get(key) ?? { code: seen.code, version: seen.version };
  found.version = seen.version;
  known.set(key, found);
  return found;
}

/** Takes over what the server answered. */
export function follow(kind: string, tracked: Tracked, now: Tracked): void {
  tracked.code = now.code;
  tracked.version = now.version;
  known.set(`${kind}:${now.code}`, tracked);
}
