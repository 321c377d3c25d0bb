// Whether the server answers. Suspicion comes from a failed request, a broken
// event stream or the browser; one small question settles it, and is repeated
// until the server is back.

export interface Connection {
  /** Something failed: ask. */
  suspect: () => void;
}

export function watchConnection(hooks: { changed: (online: boolean) => void; back: () => void }): Connection {
  let online = true;
  let asking = false;
  let wait = 1000;

  const ask = async () => {
    if (asking) return;
    asking = true;
    const answers = await fetch('/healthz', { cache: 'no-store' }).then(
      (r) => r.ok,
      () => false,
    );
    asking = false;
    if (answers !== online) {
      online = answers;
      hooks.changed(online);
      if (online) hooks.back();
    }
    if (online) wait = 1000;
    else {
      setTimeout(() => void ask(), wait);
      wait = Math.min(wait * 1.5, 10_000);
    }
  };
  addEventListener('offline', () => void ask());
  addEventListener('online', () => void ask());
  addEventListener('lianpian:suspect', () => void ask());
  return { suspect: () => void ask() };
}

/** For those who have no connection object at hand. */
export function suspectConnection(): void {
  dispatchEvent(new Event('lianpian:suspect'));
}
