/** Why a visit to the OpenID Connect provider came to nothing; the address of the sign-in page tells. */
const failures = ['again', 'denied', 'stranger', 'locked', 'unavailable'] as const;
export type FailedVisit = (typeof failures)[number];

export function failedVisit(search: string): FailedVisit | null {
  const word = new URLSearchParams(search).get('failed');
  return failures.find((f) => f === word) ?? (word === null ? null : 'again');
}

/** Where to go on after the sign-in: the page that somebody wanted, if it was another than the door. */
export function pageNow(at: Pick<Location, 'pathname' | 'search' | 'hash'>): string {
  return at.pathname === '/sign-in' ? '/' : at.pathname + at.search + at.hash;
}
