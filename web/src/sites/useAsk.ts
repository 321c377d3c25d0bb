import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SitingRequest } from '../api/nouns';
import { keys } from '../api/queries';
import { askSites } from '../api/sites';
import { useWorkbench } from '../state/workbench';
import { useSentence } from '../ui/State';

/** Sends a question; the answer that comes back is only queued. */
export function useAsk(onAsked: (id: string) => void) {
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const [fault, setFault] = useState<string | null>(null);
  const ask = useMutation({
    mutationFn: (request: SitingRequest) => askSites(district, request),
    onSuccess: (made) => {
      client.setQueryData([...keys.sitings(district), 'one', made.id], made);
      void client.invalidateQueries({ queryKey: [...keys.sitings(district), 'list'] });
      onAsked(made.id);
    },
    onError: (error) => setFault(sentence(error)),
  });
  return { ask, fault, setFault };
}
