import { describe, expect, test } from 'vitest';
import { ask, DISTRICT, given, LARGE, then } from './driver';

interface Board {
  today: string;
  late: { total: number };
  consent: { open: number; agreed: number };
  targets: { id: string; own: boolean }[];
}
interface Tasks {
  sentence: string;
  tasks: { kind: string; whose: string; count: number }[];
}
const program = { mode: 'program', query: { ptab: 'board' } };
const boardOf = async (cookie: string) =>
  (await ask<Board>(cookie, 'GET', `/districts/${DISTRICT}/dashboard`)).body;
const tasksOf = async (cookie: string) =>
  (await ask<Tasks>(cookie, 'GET', `/districts/${DISTRICT}/tasks`)).body;

describe('the board of the bureau', () => {
  test('opens over the map, fits the screen, and prints on one page', async () => {
    const desk = await given.planner(program);
    await then.sees(desk, 'tasks-sentence');
    await desk.get('board-open').click();
    await then.sees(desk, 'board');
    await then.sees(desk, 'board-picture');
    const board = await boardOf(desk.who.cookie);
    expect(board.targets.some((target) => target.own)).toBe(true);
    await then.shows(desk, 'board-late', new RegExp(`^逾期事项${board.late.total}`));
    await then.shows(desk, 'board-consent', new RegExp(`征询中 ${board.consent.open}`));

    const scrolls = await desk.get('board').evaluate((e) => e.scrollHeight - e.clientHeight);
    expect(scrolls).toBeLessThanOrEqual(0);

    const pdf = await desk.page.pdf({ preferCSSPageSize: true, printBackground: true });
    expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
    const box = /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/.exec(pdf.toString('latin1'));
    expect([Number(box?.[1]), Number(box?.[2])].map(Math.round)).toEqual([842, 595]); // A4 across
  });

  test('a late project leads to its file, and the map shows the plan’s scope', async () => {
    const desk = await given.planner({ ...program, size: LARGE, query: { ptab: 'board', sheet: 'board' } });
    await then.sees(desk, 'board-picture');
    const { out } = await then.row<{ out: number }>(
      `select count(*)::integer as out from community where eligibility = 'out' and location is not null`,
    );
    await desk.get('board-map-verdict').click();
    await then.shows(desk, 'board-map', new RegExp(`不纳入 ${out}`));
    await desk.page.locator('[data-testid="board-late"] button', { hasText: '备案' }).first().click();
    await then.sees(desk, 'sheet-project');
  });

  test('names the plan’s bodies, their roles and the rights of each', async () => {
    const desk = await given.planner({ ...program, query: { ptab: 'board', sheet: 'board::duties' } });
    await then.sees(desk, 'duties');
    await then.shows(desk, 'duties', /住房城乡建设局.*规划员/);
    await then.shows(desk, 'duties', /城投公司.*项目单位/);
  });
});

describe('tasks', () => {
  test('an officer has those of the own subdistrict, one report due by the 25th among them', async () => {
    const { code } = await then.row<{ code: string }>(
      `select subdistrict_codes[1] as code from project where state = 'applied' order by code limit 1`,
    );
    const desk = await given.officer([code], program);
    const tasks = await tasksOf(desk.who.cookie);
    await then.shows(desk, 'tasks-sentence', tasks.sentence);
    const accept = tasks.tasks.find((task) => task.kind === 'accept');
    expect(accept?.whose).toBe('own');
    await desk.get('task-accept').click();
    const { name } = await then.row<{ name: string }>(
      `select name from project where state = 'applied' and subdistrict_codes[1] = '${code}' order by applied_on, code limit 1`,
    );
    await desk.page.getByRole('button', { name }).first().click();
    await then.sees(desk, 'sheet-project');
  });

  test('a viewer has none, and is not told small counts', async () => {
    const desk = await given.viewer(program);
    await then.shows(desk, 'tasks-sentence', '目前没有待办事项');
    expect((await tasksOf(desk.who.cookie)).tasks).toEqual([]);
  });
});
