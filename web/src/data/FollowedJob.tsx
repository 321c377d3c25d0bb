// A job of which only the id is known, followed to its end.
import { useQuery } from '@tanstack/react-query';
import * as api from '../api/endpoints';
import { Failure, Waiting } from '../ui/State';
import { JobProgress } from './JobProgress';

export function FollowedJob({ id, onEnd }: { id: string; onEnd: () => void }) {
  const query = useQuery({ queryKey: ['job', id, 'start'], queryFn: () => api.job(id), gcTime: 0 });
  if (query.data) return <JobProgress job={query.data} onEnd={onEnd} />;
  return query.isError ? (
    <Failure error={query.error} retry={() => void query.refetch()} />
  ) : (
    <Waiting rows={3} />
  );
}
