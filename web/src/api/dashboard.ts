// The bureau's board, its picture of the district, each person's tasks, and who
// of the plan is which role.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { keys } from './queries';
import { client, value } from './request';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Board = Schemas['Board'];
export type BoardTarget = Schemas['BoardTarget'];
export type BoardMap = Schemas['BoardMap'];
export type MapPlace = Schemas['MapPlace'];
export type MonthSum = Schemas['MonthSum'];
export type ProjectSum = Schemas['ProjectSum'];
export type LateItem = Schemas['LateItem'];
export type Tasks = Schemas['Tasks'];
export type Task = Schemas['Task'];
export type TaskItem = Schemas['TaskItem'];
export type Duties = Schemas['Duties'];
export type BoardMoney = Schemas['BoardMoney'];
export type BoardConsent = Schemas['BoardConsent'];
export type BoardCoverage = Schemas['BoardCoverage'];

const at = (district: string) => ({ path: { district } });

const board = (district: string, year: number | null) =>
  value(
    client.GET('/districts/{district}/dashboard', {
      params: { ...at(district), query: year === null ? {} : { year } },
    }),
  );
const boardMap = (district: string) =>
  value(client.GET('/districts/{district}/dashboard/map', { params: at(district) }));
const tasks = (district: string) =>
  value(client.GET('/districts/{district}/tasks', { params: at(district) }));
const duties = (district: string) =>
  value(client.GET('/districts/{district}/duties', { params: at(district) }));

export const useBoard = (d: string, year: number | null = null) =>
  useQuery({
    queryKey: [...keys.board(d), 'figures', year],
    queryFn: () => board(d, year),
    enabled: !!d,
    placeholderData: keepPreviousData,
  });
export const useBoardMap = (d: string) =>
  useQuery({ queryKey: [...keys.board(d), 'map'], queryFn: () => boardMap(d), enabled: !!d });
export const useTasks = (d: string) =>
  useQuery({ queryKey: [...keys.board(d), 'tasks'], queryFn: () => tasks(d), enabled: !!d });
export const useDuties = (d: string) =>
  useQuery({ queryKey: [...keys.board(d), 'duties'], queryFn: () => duties(d), enabled: !!d });
