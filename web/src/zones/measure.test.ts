import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LatestWins } from './measure';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function server() {
  const asked: { question: number; answer: (v: string) => void; fail: (e: Error) => void }[] = [];
  const told: (string | null)[] = [];
  const latest = new LatestWins<number, string>(
    (question) => new Promise((answer, fail) => asked.push({ question, answer, fail })),
    (answer) => told.push(answer),
    40,
    () => Date.now(),
  );
  return { asked, told, latest };
}

describe('live totals', () => {
  it('keep one question under way and then ask only the latest', async () => {
    const { asked, told, latest } = server();
    latest.put(1);
    latest.put(2);
    latest.put(3);
    expect(asked.map((a) => a.question)).toEqual([1]);
    asked[0]?.answer('one');
    await vi.advanceTimersByTimeAsync(50);
    expect(told).toEqual(['one']);
    expect(asked.map((a) => a.question)).toEqual([1, 3]);
  });
  it('pause between questions, however fast the server is', async () => {
    const { asked, latest } = server();
    latest.put(1);
    asked[0]?.answer('one');
    await vi.advanceTimersByTimeAsync(0);
    latest.put(2);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(40);
    expect(asked).toHaveLength(2);
  });
  it('go on after a failure', async () => {
    const { asked, told, latest } = server();
    latest.put(1);
    latest.put(2);
    asked[0]?.fail(new Error('away'));
    await vi.advanceTimersByTimeAsync(50);
    expect(told).toEqual([null]);
    expect(asked).toHaveLength(2);
  });
  it('do not tell an answer that came after a reset', async () => {
    const { asked, told, latest } = server();
    latest.put(1);
    latest.reset();
    asked[0]?.answer('late');
    await vi.advanceTimersByTimeAsync(50);
    expect(told).toEqual([]);
  });
  it('ask nothing once stopped', async () => {
    const { asked, latest } = server();
    latest.stop();
    latest.put(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(asked).toHaveLength(0);
  });
});
