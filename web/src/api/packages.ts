// Packages of area plans: what was ordered, how far it is, and the finished file.
import { useQuery } from '@tanstack/react-query';
import type { Job } from './nouns';
import { keys } from './queries';
import { BASE, valueFrom } from './request';

const enc = encodeURIComponent;

export interface Order {
  title?: string;
  author?: string;
  scenario?: string;
  zones: string[];
  parts?: string[];
  crs?: string;
  encoding?: string;
  atlas?: { paper?: string; reviewer?: string; grey?: boolean };
  period?: string;
  month?: string;
}
export interface Package {
  id: string;
  district: string;
  title: string;
  state: 'making' | 'ready' | 'failed' | 'cancelled' | 'expired';
  error: string;
  order: Order;
  /** Names of the zones. */
  zones: string[] | null;
  job: string | null;
  /** The package that it was made again from. */
  reproduces: string | null;
  size: number | null;
  sha256: string;
  files: { name: string; size: number; sha256: string }[] | null;
  /** What is not in it, and why. */
  notices: string[] | null;
  expires_at: string | null;
  may_download: boolean;
  created_by: string;
  created_at: string;
}
export interface OrderedPackage {
  package: Package;
  job: Job;
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  return valueFrom<T>(
    await fetch(`${BASE}${path}`, {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    }),
  );
}

export const orderPackage = (district: string, order: Order) =>
  ask<OrderedPackage>('POST', `/districts/${enc(district)}/packages`, order);
export const packages = async (district: string) =>
  (await ask<{ items: Package[] }>('GET', `/districts/${enc(district)}/packages`)).items;
export const removePackage = (id: string) => ask<unknown>('DELETE', `/packages/${enc(id)}`);
export const reproducePackage = (id: string) => ask<OrderedPackage>('POST', `/packages/${enc(id)}/reproduce`);
export const packageFile = (id: string) => `${BASE}/packages/${enc(id)}/file`;

export const usePackages = (d: string, enabled: boolean) =>
  useQuery({ queryKey: keys.packages(d), queryFn: () => packages(d), enabled: !!d && enabled });
