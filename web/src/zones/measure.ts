// Live totals: the pointer moves faster than any server answers. At most one
// question is under way; of those that came meanwhile only the latest is asked.

export class LatestWins<Q, A> {
  private waiting: Q | null = null;
  private busy = false;
  private last = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;

  /**
   * `ask` answers a question; `tell` is told each answer, or null for a failure,
   * unless a reset came meanwhile. `pause` is the least time between questions in ms.
   */
  constructor(
    private readonly ask: (question: Q) => Promise<A>,
    private readonly tell: (answer: A | null, question: Q, error: unknown) => void,
    private readonly pause = 40,
    private readonly now: () => number = () => performance.now(),
  ) {}

  put(question: Q): void {
    if (this.stopped) return;
    this.waiting = question;
    this.pump();
  }
  /** Forgets what waits and what is under way. */
  reset(): void {
    this.waiting = null;
    this.round++;
  }
  stop(): void {
    this.stopped = true;
    this.reset();
    clearTimeout(this.timer);
  }

  private round = 0;
  private pump(): void {
    if (this.busy || this.waiting === null || this.stopped) return;
    const early = this.pause - (this.now() - this.last);
    if (early > 0) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.pump(), early);
      return;
    }
    const question = this.waiting;
    const round = this.round;
    this.waiting = null;
    this.busy = true;
    this.last = this.now();
    this.ask(question)
      .then(
        (answer) => this.round === round && this.tell(answer, question, null),
        (error: unknown) => this.round === round && this.tell(null, question, error),
      )
      .finally(() => {
        this.busy = false;
        this.pump();
      });
  }
}
