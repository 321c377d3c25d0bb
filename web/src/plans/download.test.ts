import { expect, it } from 'vitest';
import { fileName } from './download';

it('the name of a file is read from its header', () => {
  expect(fileName(`attachment; filename="x.zip"; filename*=UTF-8''%E7%89%87%E5%8C%BA.zip`)).toBe('片区.zip');
  expect(fileName('attachment; filename="plan.xlsx"')).toBe('plan.xlsx');
  expect(fileName(`attachment; filename*=UTF-8''%E7`)).toBeNull();
  expect(fileName(null)).toBeNull();
});
