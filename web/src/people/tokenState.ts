import type { Access, Token } from '../api/nouns';

const DAY = 24 * 60 * 60 * 1000; // ms
const SOON = 14; // days

export type TokenState = 'holds' | 'ending' | 'past' | 'revoked';

/** Whether a token holds at a moment (ms), and whether it is about to end. */
export function tokenState(token: Pick<Token, 'expires_at' | 'revoked_at'>, now: number): TokenState {
  if (token.revoked_at) return 'revoked';
  const left = Date.parse(token.expires_at) - now;
  return left <= 0 ? 'past' : left < SOON * DAY ? 'ending' : 'holds';
}

export const alive = (state: TokenState) => state === 'holds' || state === 'ending';

/** Whole days until a token ends, at least one while it holds. */
export const daysLeft = (token: Pick<Token, 'expires_at'>, now: number) =>
  Math.max(0, Math.ceil((Date.parse(token.expires_at) - now) / DAY));

/** The accesses that are more than nothing for a person with these capabilities. */
export function accessesOf(capabilities: readonly string[]): readonly Access[] {
  const beyond = (held: readonly string[]) => capabilities.some((c) => held.includes(c));
  return [
    'read',
    ...(beyond(writes) ? (['write'] as const) : []),
    ...(beyond(administers) ? (['administer'] as const) : []),
  ];
}
const writes = [
  'edit.register',
  'draw.zone',
  'run.coverage',
  'import',
  'edit.program',
  'decide.program',
  'fill.progress',
];
const administers = ['import.base', 'choose.policy', 'found.district', 'read.audit'];
