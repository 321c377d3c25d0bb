// Packages of area plans: what was ordered, how far it is, and the finished file.
import { useQuery } from '@tanstack/react-query';
import { keys } from './queries';
import { BASE, client, value } from './request';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Order = Schemas['Order'];
export type Package = Schemas['Package'];

const one = (id: string) => ({ path: { id } });

export const orderPackage = (district: string, body: Order) =>
  value(client.POST('/districts/{district}/packages', { params: { path: { district } }, body }));
export const packages = async (district: string) =>
  (await value(client.GET('/districts/{district}/packages', { params: { path: { district } } }))).items;
export const removePackage = (id: string) =>
  value<unknown>(client.DELETE('/packages/{id}', { params: one(id) }));
export const reproducePackage = (id: string) =>
  value(client.POST('/packages/{id}/reproduce', { params: one(id) }));
export const packageFile = (id: string) => `${BASE}/packages/${encodeURIComponent(id)}/file`;

export const usePackages = (d: string, enabled: boolean) =>
  useQuery({ queryKey: keys.packages(d), queryFn: () => packages(d), enabled: !!d && enabled });
