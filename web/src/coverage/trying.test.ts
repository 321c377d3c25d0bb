import { beforeEach, describe, expect, it } from 'vitest';
import { changesOf, placeOf, useTrying } from './trying';

const s = () => useTrying.getState();
const name = (n: number) => `新 ${n}`;
beforeEach(() => s().reset());

describe('a what-if', () => {
  it('without differences has no changes', () => {
    expect(changesOf(s())).toEqual([]);
  });
  it('says where facilities have gone, and the last place counts', () => {
    s().move('f1', [1, 1]);
    s().move('f1', [2, 2]);
    expect(changesOf(s())).toEqual([{ kind: 'move', facility: 'f1', location: [2, 2] }]);
    expect(placeOf({ code: 'f1', location: [0, 0] }, s())).toEqual([2, 2]);
  });
  it('does not move what is closed', () => {
    s().move('f1', [1, 1]);
    s().close('f1', true);
    expect(changesOf(s())).toEqual([{ kind: 'close', facility: 'f1' }]);
    s().close('f1', false);
    expect(changesOf(s())).toEqual([{ kind: 'move', facility: 'f1', location: [1, 1] }]);
  });
  it('takes a facility back to where it was', () => {
    s().move('f1', [1, 1]);
    s().close('f1', true);
    s().restore('f1');
    expect(changesOf(s())).toEqual([]);
  });
  it('adds facilities that can be moved and taken off again', () => {
    s().add([1, 1], name);
    s().add([2, 2], name);
    const [first, second] = s().added;
    expect([first?.name, second?.name]).toEqual(['新 1', '新 2']);
    expect(s().chosen).toBe(second?.id);
    s().move(first?.id ?? '', [3, 3]);
    s().restore(second?.id ?? '');
    expect(changesOf(s())).toEqual([{ kind: 'add', location: [3, 3], name: '新 1' }]);
    expect(s().chosen).toBeNull();
  });
  it('forgets that a place is kept once it is moved', () => {
    s().add([1, 1], name);
    const id = s().added[0]?.id ?? '';
    s().keep(id, 'p1');
    expect(s().added[0]?.kept).toBe('p1');
    s().move(id, [2, 2]);
    expect(s().added[0]?.kept).toBeNull();
  });
  it('tells drawn paths with their kind', () => {
    const line: [number, number][] = [
      [0, 0],
      [1, 0],
    ];
    s().drawPath('bridge', line, name);
    expect(changesOf(s())).toEqual([{ kind: 'path', path: 'bridge', line, name: '新 1' }]);
    s().dropPath(s().paths[0]?.id ?? '');
    expect(changesOf(s())).toEqual([]);
  });
});
