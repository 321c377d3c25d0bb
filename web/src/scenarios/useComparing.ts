import { useMemo } from 'react';
import { useWorkbench } from '../state/workbench';
import { type Against, parseAgainst } from './against';

/** What is compared on the screen: only where zones are the matter, so that other modes keep their map and table. */
export function useComparing(): Against | null {
  const against = useWorkbench((s) => (s.mode === 'zones' || s.mode === 'plans' ? s.against : null));
  return useMemo(() => parseAgainst(against), [against]);
}
