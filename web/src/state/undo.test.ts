import { beforeEach, expect, test } from 'vitest';
import { StepGone, useSteps } from './undo';

const log: string[] = [];
const step = (label: string, fail?: () => Error | null) => {
  const run = (how: string) => async () => {
    const error = fail?.();
    if (error) throw error;
    log.push(`${how} ${label}`);
  };
  return { label, undo: run('undo'), redo: run('redo') };
};
const labels = (which: 'past' | 'future') => useSteps.getState()[which].map((s) => s.label);

beforeEach(() => {
  useSteps.getState().clear();
  log.length = 0;
});

test('steps go back and forth in their order', async () => {
  const s = useSteps.getState();
  s.done(step('a'));
  s.done(step('b'));
  await s.undo();
  await s.undo();
  await s.redo();
  expect(log).toEqual(['undo b', 'undo a', 'redo a']);
  expect([labels('past'), labels('future')]).toEqual([['a'], ['b']]);
});

test('a step that others have built on leaves the list, and the one before it can be reached', async () => {
  const s = useSteps.getState();
  s.done(step('a'));
  s.done(step('b', () => new StepGone('b was changed since')));
  await expect(s.undo()).rejects.toThrow('b was changed since');
  expect([labels('past'), labels('future')]).toEqual([['a'], []]);
  await s.undo();
  expect(log).toEqual(['undo a']);
});

test('redo drops such a step, too', async () => {
  let gone = false;
  const s = useSteps.getState();
  s.done(step('a', () => (gone ? new StepGone('too late') : null)));
  await s.undo();
  gone = true;
  await expect(s.redo()).rejects.toThrow('too late');
  expect([labels('past'), labels('future')]).toEqual([[], []]);
});

test('after any other failure the step is still there to be tried again', async () => {
  let offline = true;
  const s = useSteps.getState();
  s.done(step('a', () => (offline ? new Error('offline') : null)));
  await expect(s.undo()).rejects.toThrow('offline');
  expect(labels('past')).toEqual(['a']);
  offline = false;
  await s.undo();
  expect([labels('past'), labels('future')]).toEqual([[], ['a']]);
});

test('keys that are pressed while a step is under way wait for their turn', async () => {
  const s = useSteps.getState();
  s.done(step('a'));
  s.done(step('b'));
  const taken = await Promise.all([s.undo(), s.redo(), s.undo(), s.undo(), s.undo()]);
  expect(log).toEqual(['undo b', 'redo b', 'undo b', 'undo a']);
  expect(taken.map((t) => t?.label ?? null)).toEqual(['b', 'b', 'b', 'a', null]);
});
