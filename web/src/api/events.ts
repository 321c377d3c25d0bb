// The one event stream of a district. Everything that changed since a break is
// unknown, so a reconnect counts as a change of everything.
import { districtEvents } from './endpoints';
import type { Change } from './nouns';

export function listen(
  district: string,
  hooks: { changed: (change: Change) => void; lost: () => void; back: (afterBreak: boolean) => void },
): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = 1000;
  let broken = false;
  let stopped = false;

  const open = () => {
    source = new EventSource(districtEvents(district));
    source.addEventListener('open', () => {
      wait = 1000;
      hooks.back(broken);
      broken = false;
    });
    source.addEventListener('change', (event) => {
      const data: unknown = JSON.parse((event as MessageEvent<string>).data);
      for (const change of Array.isArray(data) ? data : [data]) if (isChange(change)) hooks.changed(change);
    });
    source.addEventListener('error', () => {
      broken = true;
      hooks.lost();
      source?.close();
      if (stopped) return;
      clearTimeout(timer);
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 2, 15_000);
    });
  };
  open();
  return () => {
    stopped = true;
    clearTimeout(timer);
    source?.close();
  };
}

function isChange(value: unknown): value is Change {
  return typeof value === 'object' && value !== null && typeof (value as Change).layer === 'string';
}
