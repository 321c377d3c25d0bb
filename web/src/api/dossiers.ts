// Community files (一小区一档): what is known, what is missing, papers and photographs.
import { useQuery } from '@tanstack/react-query';
import type { Community, Job } from './nouns';
import { keys } from './queries';
import { BASE, client, ifMatch, Problem, value, valueFrom } from './request';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Attachment = Omit<Schemas['Attachment'], 'location'> & { location: [number, number] | null };
export type CommunityFile = Omit<Schemas['File'], 'community' | 'attachments'> & {
  community: Community;
  attachments: Attachment[];
};
export type FileCheck = Schemas['FileCheck'];
export type CheckResult = Schemas['CheckResult'];
export type CheckState = FileCheck['result'];
export type FileFact = Schemas['FileFact'];
export type FactSource = Schemas['FactSource'];
export type PriorWork = Schemas['PriorWork'];
export type Management = Schemas['FileManagement'];
export type ManagementSetting = Schemas['ManagementSetting'];
export type FileProject = Schemas['ProjectOf'];
export type Completeness = Schemas['Completeness'];
export type AttachmentPatch = Omit<Schemas['AttachmentPatch'], 'location'> & { location?: [number, number] };
/** What papers and photographs belong to. */
export type Owner = { community: string; project?: undefined } | { project: string; community?: undefined };

const enc = encodeURIComponent;
const at = (district: string, code: string) => ({ path: { district, code } });
/** The generated shapes say number[] where the app says a place. */
const file = (asked: Promise<Schemas['File']>) => asked as unknown as Promise<CommunityFile>;

export const communityFile = (district: string, code: string) =>
  file(value(client.GET('/districts/{district}/communities/{code}/file', { params: at(district, code) })));
export const stateSources = (district: string, code: string, version: number, sources: FactSource[]) =>
  file(
    value(
      client.PUT('/districts/{district}/communities/{code}/file/sources', {
        params: { ...at(district, code), header: ifMatch(version) },
        body: { sources },
      }),
    ),
  );
export const setChecks = (district: string, code: string, version: number, checks: CheckResult[]) =>
  file(
    value(
      client.PUT('/districts/{district}/communities/{code}/file/checks', {
        params: { ...at(district, code), header: ifMatch(version) },
        body: { checks },
      }),
    ),
  );
export const takeOver = (district: string, code: string, version: number) =>
  file(
    value(
      client.POST('/districts/{district}/communities/{code}/file/take-over', {
        params: { ...at(district, code), header: ifMatch(version) },
      }),
    ),
  );
export const setPriorWorks = (district: string, code: string, version: number, works: PriorWork[]) =>
  file(
    value(
      client.PUT('/districts/{district}/communities/{code}/file/prior-works', {
        params: { ...at(district, code), header: ifMatch(version) },
        body: { works },
      }),
    ),
  );
export const setManagement = (district: string, code: string, version: number, body: ManagementSetting) =>
  file(
    value(
      client.PUT('/districts/{district}/communities/{code}/file/management', {
        params: { ...at(district, code), header: ifMatch(version) },
        body,
      }),
    ),
  );

export const attachments = async (district: string, of: Owner) =>
  (await (of.project !== undefined
    ? value(
        client.GET('/districts/{district}/projects/{code}/attachments', { params: at(district, of.project) }),
      )
    : value(
        client.GET('/districts/{district}/communities/{code}/attachments', {
          params: at(district, of.community),
        }),
      )
  ).then((list) => list.items)) as unknown as Attachment[];

export async function attach(
  district: string,
  of: Owner,
  sent: File,
  said: { kind?: string; title?: string },
): Promise<Attachment> {
  const form = new FormData();
  if (said.kind) form.set('kind', said.kind);
  if (said.title) form.set('title', said.title);
  form.set('file', sent, sent.name);
  const where = of.project !== undefined ? `projects/${enc(of.project)}` : `communities/${enc(of.community)}`;
  const response = await fetch(`${BASE}/districts/${enc(district)}/${where}/attachments`, {
    method: 'POST',
    body: form,
  }).catch(() => {
    throw new Problem(0, 'offline', '');
  });
  return valueFrom<Attachment>(response);
}
export const changeAttachment = (district: string, id: string, body: AttachmentPatch) =>
  value(
    client.PATCH('/districts/{district}/attachments/{id}', { params: { path: { district, id } }, body }),
  ) as unknown as Promise<Attachment>;
export const deleteAttachment = (district: string, id: string) =>
  value<unknown>(
    client.DELETE('/districts/{district}/attachments/{id}', { params: { path: { district, id } } }),
  );
export const attachmentContent = (district: string, id: string, show = false) =>
  `${BASE}/districts/${enc(district)}/attachments/${enc(id)}/content${show ? '?show=1' : ''}`;
export const attachmentThumbnail = (district: string, id: string) =>
  `${BASE}/districts/${enc(district)}/attachments/${enc(id)}/thumbnail`;

// ---- ledgers
export const ledgerTemplate = (district: string) => `${BASE}/districts/${enc(district)}/ledger-template`;
export const faultyRows = (job: Job['id'], format: 'xlsx' | 'csv') =>
  `${BASE}/jobs/${enc(job)}/faulty-rows?format=${format}`;

// ---- questions
export const fileKeys = {
  one: (d: string, code: string) => [...keys.files(d), 'one', code] as const,
  attachments: (d: string, of: Owner) =>
    [...keys.files(d), 'attachments', of.project ?? '', of.community ?? ''] as const,
};
export const useFile = (district: string, code: string) =>
  useQuery({
    queryKey: fileKeys.one(district, code),
    queryFn: () => communityFile(district, code),
    enabled: district !== '',
    // It gathers what many others change: surveys, projects, works, steps.
    refetchOnMount: 'always',
  });
export const useAttachments = (district: string, of: Owner) =>
  useQuery({
    queryKey: fileKeys.attachments(district, of),
    queryFn: () => attachments(district, of),
    enabled: district !== '',
  });
