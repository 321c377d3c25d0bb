// People who stand ready with an account and a session; the sign-in page has
// tests of its own and is not walked through each time.
import { inject } from 'vitest';
import { ask, DISTRICT } from './service';

export type Role = 'administrator' | 'planner' | 'officer' | 'contractor' | 'viewer';

export interface Person {
  name: string;
  role: Role;
  /** Session cookie, "name=value". */
  cookie: string;
}

let count = 0;

/** A new person of this role; officers get the subdistricts that are named. */
export async function newPerson(
  role: Role,
  subdistricts: readonly string[] = [],
  called = '',
): Promise<Person> {
  const keeper = inject('service').keeper;
  const name = `${role}-${process.pid}-${++count}`;
  const account = await ask<{ id: string }>(keeper, 'POST', '/accounts', {
    body: {
      name,
      role,
      ...(called ? { display_name: called } : {}),
      ...(role === 'administrator' ? {} : { district: DISTRICT }),
      ...(role === 'officer' ? { subdistricts } : {}),
    },
  });
  const link = await ask<{ url: string }>(keeper, 'POST', `/accounts/${account.body.id}/link`);
  const session = await ask(keeper, 'POST', '/session/link', {
    body: { token: new URL(link.body.url).searchParams.get('token') },
  });
  const cookie = session.headers.getSetCookie()[0]?.split(';')[0];
  if (!cookie) throw new Error(`no session for ${name}`);
  return { name, role, cookie };
}
