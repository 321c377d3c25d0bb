// What a person is about to ask for; it stays while other tabs and modes are open.
import { create } from 'zustand';
import { type Settings, usual } from './settings';

const TYPE = 'lianpian.facility-type'; // other modes put a type here before they open this one

interface Asking {
  settings: Settings;
  set: (settings: Settings) => void;
}
export const useAsking = create<Asking>()((set) => ({
  settings: usual,
  set: (settings) => set({ settings }),
}));

export const lastType = (): string => sessionStorage.getItem(TYPE) ?? 'health_station';
export const keepType = (type: string): void => sessionStorage.setItem(TYPE, type);
