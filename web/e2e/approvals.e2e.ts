import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { ask, type Desk, DISTRICT, given, then, when } from './driver';

const POLICY = `/districts/${DISTRICT}/policy`;
interface Chosen {
  policy_key: string;
  version: number;
}
let before = '';

async function follow(policy: string): Promise<void> {
  const { keeper } = inject('service');
  const answer = await ask<Chosen>(keeper, 'GET', POLICY);
  before ||= answer.body.policy_key;
  if (answer.body.policy_key === policy) return;
  const version = Number(answer.headers.get('ETag')?.replaceAll('"', ''));
  await ask(keeper, 'PUT', POLICY, { version, body: { policy_key: policy, params: {} } });
}
beforeAll(() => follow('tongnan-2021'));
afterAll(() => follow(before));

const someProject = async () =>
  (
    await then.row<{ code: string }>(
      `select code from project where state = 'confirmed' and library = 'comprehensive' order by code limit 1`,
    )
  ).code;

const atApproval = async (code: string): Promise<Desk> => {
  const desk = await given.planner({
    mode: 'program',
    query: { ptab: 'approvals', sheet: `project:${code}:approval` },
  });
  await then.sees(desk, 'project-approval');
  return desk;
};

test('the tables follow what is typed, limits exactly, and the checklist what is saved', async () => {
  const code = await someProject();
  const desk = await atApproval(code);
  await desk.get('approval-view-basis').click();
  const figure = (key: string, value: string) => desk.get(`input-${key}`).locator('input').fill(value);
  for (const key of ['independent_infrastructure', 'new_construction_land', 'independent_land'])
    await desk.get(`approval-${key}-no`).click();
  await desk.get('approval-structure_change-yes').click();
  await desk.get('approval-risks-none').click();
  await when.choose(desk, 'approval-construction_kind', 'extend');

  await figure('total_investment_wan', '999.99');
  await then.shows(desk, 'table-project', /须办理.*直接审批/);
  await figure('total_investment_wan', '1000');
  await then.shows(desk, 'table-project', /项目建议书、可行性研究报告、概算合并审批可行性研究报告/);

  await figure('works_investment_wan', '800');
  await figure('added_floor_area_m2', '1000');
  await then.shows(desk, 'table-drawing_review', /边界，请核对/);
  await then.shows(desk, 'readings-below_includes', /不含本数.*须办理/);
  await figure('added_floor_area_m2', '1000.01');
  await then.shows(desk, 'table-drawing_review', /须办理施工图审查/);

  await desk.get('approval-save').click();
  await desk.get('approval-view-list').click();
  await then.shows(desk, 'step-drawing_review', /须办理/);
  await desk.get('step-tender-days').fill('20');
  await desk.get('step-tender-note').fill('一次招标');
  await desk.get('approval-save-steps').click();
  await then.shows(desk, 'approval-save-steps', /0 处修改/);
  const saved = await then.row<{ need: string; days: number; note: string }>(
    `select r.need, s.days, s.note from approval_step s
     join approval_step r on r.project_id = s.project_id and r.key = 'drawing_review'
     join project p on p.id = s.project_id where p.code = :'code' and s.key = 'tender'`,
    { code },
  );
  expect(saved).toEqual({ need: 'required', days: 20, note: '一次招标' });
});

test('an opinion is pinned on the map, found there and answered', async () => {
  const code = await someProject();
  const desk = await atApproval(code);
  await desk.get('approval-view-review').click();
  await desk.get('opinion-add').click();
  await desk.get('opinion-department').fill('区城市管理局');
  await desk.get('opinion-verdict-object').click();
  await desk.get('opinion-text').fill('消防通道被停车位占用');
  await desk.get('opinion-pin').click();
  await then.sees(desk, 'opinion-placing');
  const map = await desk.page.locator('#map').boundingBox();
  if (!map) throw new Error('no map');
  await desk.page.mouse.click(map.x + map.width / 2, map.y + map.height / 2);
  await then.shows(desk, 'opinion-dialog', /121\.\d{6}, 31\.\d{6}/);
  await then.shows(desk, 'opinion-dialog', /重新标注/);
  await desk.get('opinion-save').click();
  await then.shows(desk, 'approval-review', /消防通道被停车位占用/);

  await desk.page
    .locator('[data-testid=opinion]', { hasText: '消防通道' })
    .getByTestId('opinion-show')
    .click();
  await then.shows(desk, 'opinion-card', /区城市管理局不同意.*消防通道被停车位占用/);
  await desk.get('opinion-card-open').click();
  await desk.page
    .locator('[data-testid=opinion]', { hasText: '消防通道' })
    .getByTestId('opinion-answer')
    .click();
  await desk.get('opinion-resolved').fill('改为单侧停车');
  await desk.get('opinion-save').click();
  await then.shows(desk, 'approval-review', /改为单侧停车/);
  const kept = await then.row<{ inside: boolean; resolved: string }>(
    `select ST_Intersects(o.location, d.boundary) as inside, o.resolved
     from review_opinion o join project p on p.id = o.project_id join district d on d.code = p.district_code
     where p.code = :'code' and o.department = '区城市管理局'`,
    { code },
  );
  expect(kept).toEqual({ inside: true, resolved: '改为单侧停车' });
});
