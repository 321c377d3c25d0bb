import { expect, test } from 'vitest';
import { Asker } from './asker';

/** Answers each question only when it is told to. */
function slow() {
  const asked: number[] = [];
  const answers: (() => void)[] = [];
  const heard: string[] = [];
  const asker = new Asker<number, number>(
    (q) => {
      asked.push(q);
      return new Promise((done, fail) => {
        answers.push(() => (q < 0 ? fail(new Error('no')) : done(q * 10)));
      });
    },
    {
      answered: (a, q, last) => heard.push(`${q}=${a}${last ? '' : '…'}`),
      failed: (_, q) => heard.push(`${q}!`),
    },
  );
  const answer = async () => {
    answers.shift()?.();
    await new Promise((done) => setTimeout(done));
  };
  return { asker, asked, heard, answer };
}

test('one question is under way, and of those that wait only the newest is asked', async () => {
  const { asker, asked, heard, answer } = slow();
  for (const q of [1, 2, 3, 4]) asker.ask(q);
  expect(asked).toEqual([1]);
  await answer();
  expect(asked).toEqual([1, 4]);
  await answer();
  expect(heard).toEqual(['1=10…', '4=40']);
});

test('a question that fails does not hold up the next', async () => {
  const { asker, heard, answer } = slow();
  asker.ask(-1);
  asker.ask(5);
  await answer();
  await answer();
  expect(heard).toEqual(['-1!', '5=50']);
});

test('nothing is heard after the end', async () => {
  const { asker, asked, heard, answer } = slow();
  asker.ask(1);
  asker.ask(2);
  asker.stop();
  await answer();
  expect([asked, heard]).toEqual([[1], []]);
});
