import { useEffect, useState } from 'react';
import * as api from '../api/endpoints';
import type { Job } from '../api/nouns';

export const isFinal = (state: Job['state']) =>
  state === 'done' || state === 'failed' || state === 'cancelled';

/** Follows a job by its event stream until it ends; falls back to asking when the stream breaks. */
export function useJob(initial: Job): { job: Job; lost: boolean } {
  const [job, setJob] = useState(initial);
  const [lost, setLost] = useState(false);
  const { id } = initial;
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let source: EventSource | null = null;
    const take = (next: Job) => {
      if (stopped) return;
      setJob(next);
      setLost(false);
      if (isFinal(next.state)) source?.close();
    };
    const open = () => {
      source = new EventSource(api.jobEvents(id));
      source.addEventListener('progress', (e) => take(JSON.parse((e as MessageEvent<string>).data) as Job));
      source.addEventListener('error', () => {
        source?.close();
        if (stopped) return;
        api.job(id).then(
          (next) => {
            take(next);
            if (!isFinal(next.state)) timer = setTimeout(open, 1500);
          },
          () => {
            setLost(true);
            timer = setTimeout(open, 3000);
          },
        );
      });
    };
    open();
    return () => {
      stopped = true;
      clearTimeout(timer);
      source?.close();
    };
  }, [id]);
  return { job, lost };
}
