import { expect, it } from 'vitest';
import type { Person } from '../api/nouns';
import { may } from './capability';

const officer: Person = {
  id: '1',
  name: 'o',
  display_name: '',
  role: 'officer',
  district: '500110',
  scope: { district: '500110', subdistricts: ['500110001'] },
  capabilities: ['read.map', 'edit.register'],
  has_password: true,
  by_link: false,
  by_provider: false,
  bound: false,
  expires_at: '',
};

it('an officer edits only inside the own subdistricts', () => {
  expect(may(officer, 'edit.register', '500110001')).toBe(true);
  expect(may(officer, 'edit.register', '500110002')).toBe(false);
});
it('what the session does not name is refused, also to nobody', () => {
  expect(may(officer, 'manage.accounts')).toBe(false);
  expect(may(null, 'edit.register')).toBe(false);
});
