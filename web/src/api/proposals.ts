// Proposed zones: their doors of the API and the questions that the app asks there.
import { useQuery } from '@tanstack/react-query';
import type * as n from './nouns';
import { keys } from './queries';
import { client, value } from './request';

/** Places and bounds are pairs and fours of numbers, which the generated shapes cannot say. */
const as = <T>(v: unknown): T => v as T;
const ALL = '/districts/{district}/proposals';
const ONE = '/districts/{district}/proposals/{id}';

/** Newest first, without the communities of their zones. */
export const proposals = async (district: string) =>
  as<n.Proposal[]>((await value(client.GET(ALL, { params: { path: { district } } }))).items);
export const proposal = async (district: string, id: string) =>
  as<n.Proposal>(await value(client.GET(ONE, { params: { path: { district, id } } })));
export const propose = async (district: string, body: n.ProposalRequest) =>
  as<n.Proposal>(await value(client.POST(ALL, { params: { path: { district } }, body })));
/** Stops the search; the best answer so far stays. */
export const stopProposal = async (district: string, id: string) =>
  as<n.Proposal>(await value(client.DELETE(ONE, { params: { path: { district, id } } })));
export const explanation = async (district: string, id: string, community: string) =>
  (
    await value(
      client.GET(`${ONE}/explanations`, { params: { path: { district, id }, query: { community } } }),
    )
  ).items[0] ?? null;
export const acceptProposal = async (district: string, id: string, body: n.ProposalAcceptance) =>
  as<n.Edit>(await value(client.POST(`${ONE}/accept`, { params: { path: { district, id } }, body })));

export const underWay = (p: Pick<n.Proposal, 'state'> | undefined): boolean =>
  p?.state === 'queued' || p?.state === 'running';

// ---- questions
export const useProposals = (d: string) =>
  useQuery({ queryKey: [...keys.proposals(d), 'list'], queryFn: () => proposals(d), enabled: !!d });
export const useProposal = (d: string, id: string | null) =>
  useQuery({
    queryKey: [...keys.proposals(d), 'one', id],
    queryFn: () => proposal(d, id ?? ''),
    enabled: !!d && !!id,
    // Events bring each better answer; the end of the work is not missed even if one is lost.
    refetchInterval: (q) => (underWay(q.state.data) ? 1000 : false),
  });
/** Why a community is in its zone, or in none; written with the last answer, a moment after the search was stopped. */
export const useExplanation = (d: string, id: string | null, community: string | null) =>
  useQuery({
    queryKey: [...keys.proposals(d), 'why', id, community],
    queryFn: () => explanation(d, id ?? '', community ?? ''),
    enabled: !!d && !!id && !!community,
  });
