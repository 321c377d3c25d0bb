import { beforeEach, expect, test } from 'vitest';
import { useWorkbench } from '../state/workbench';
import { useOpining } from './opining';

beforeEach(() => {
  useOpining.getState().end();
  useWorkbench.setState({ sheet: { kind: 'project', code: 'P1', part: 'approval' } });
});

test('pointing a place out closes the file and comes back to it with what was written', () => {
  const o = useOpining.getState();
  o.begin('P1', null, '城管局');
  o.change({ verdict: 'object', text: '消防通道被占' });
  o.point();
  expect(useWorkbench.getState().sheet).toBeNull();
  o.place([106.9, 29]);
  expect(useWorkbench.getState().sheet).toEqual({ kind: 'project', code: 'P1', part: 'approval' });
  expect(useOpining.getState()).toMatchObject({
    placing: false,
    draft: { department: '城管局', verdict: 'object', text: '消防通道被占', location: [106.9, 29] },
  });
});

test('coming back without a place keeps the one that was there', () => {
  const o = useOpining.getState();
  o.begin('P1', null);
  o.change({ location: [106.8, 29.1] });
  o.point();
  o.place(null);
  expect(useOpining.getState().draft.location).toEqual([106.8, 29.1]);
});
