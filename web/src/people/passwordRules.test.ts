import { expect, it } from 'vitest';
import { keeps } from './passwordRules';

it.each([
  ['nine characters are too few', '连片改造规划工作台', '', { long: false, nameless: true, same: false }],
  [
    'ten are enough, whatever they are',
    '连片改造规划工作台！',
    '',
    { long: true, nameless: true, same: false },
  ],
  ['the name in any case is refused', 'my-CHEN-gong-pass', '', { long: true, nameless: false, same: false }],
  ['nothing typed keeps no rule', '', '', { long: false, nameless: false, same: false }],
  ['twice the same', 'seven-blue-ducks', 'seven-blue-ducks', { long: true, nameless: true, same: true }],
])('%s', (_, password, again, rules) => {
  expect(keeps(password, again, 'chen')).toEqual(rules);
});
it('a name of two letters may occur by chance', () => {
  expect(keeps('wording-of-a-plan', '', 'wo').nameless).toBe(true);
  expect(keeps('wo', '', 'wo').nameless).toBe(false);
});
