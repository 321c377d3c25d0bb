// Questions that come faster than they can be answered: one is under way, of
// those that wait only the newest is asked.

export class Asker<Q, A> {
  private busy = false;
  private waiting: { q: Q } | null = null;
  private stopped = false;

  constructor(
    private readonly send: (q: Q) => Promise<A>,
    private readonly hooks: {
      /** `last`: no newer question waits. */
      answered: (a: A, q: Q, last: boolean) => void;
      failed: (error: unknown, q: Q) => void;
    },
  ) {}

  ask(q: Q): void {
    if (this.stopped) return;
    if (this.busy) this.waiting = { q };
    else void this.go(q);
  }
  /** Answers that are still to come are not heard any more. */
  stop(): void {
    this.stopped = true;
    this.waiting = null;
  }

  private async go(q: Q): Promise<void> {
    this.busy = true;
    try {
      const a = await this.send(q);
      if (!this.stopped) this.hooks.answered(a, q, this.waiting === null);
    } catch (error) {
      if (!this.stopped) this.hooks.failed(error, q);
    }
    this.busy = false;
    const next = this.waiting;
    this.waiting = null;
    if (next && !this.stopped) void this.go(next.q);
  }
}
