// Saving a part of a community's file: on the version that the person saw, with
// the newest content beside their own changes where somebody else was faster.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type CommunityFile, fileKeys } from '../api/dossiers';
import { keys } from '../api/queries';
import { Problem } from '../api/request';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import { words } from './words';

export interface FileWrite {
  busy: boolean;
  fault: string | null;
  /** The file as somebody else has saved it meanwhile. */
  newer: CommunityFile | null;
  /** Saves; true where it is saved. */
  save: (write: (version: number) => Promise<CommunityFile>, said?: string) => Promise<boolean>;
  /** Takes the newer file for what the person has seen. */
  load: () => void;
}

export function useFileWrite(file: CommunityFile): FileWrite {
  const t = useWords(words);
  const client = useQueryClient();
  const sentence = useSentence();
  const district = useWorkbench((s) => s.district);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [newer, setNewer] = useState<CommunityFile | null>(null);
  const key = fileKeys.one(district, file.community.code);
  const save: FileWrite['save'] = async (write, said) => {
    setBusy(true);
    setFault(null);
    try {
      const now = await write(file.version);
      client.setQueryData(key, now);
      void client.invalidateQueries({ queryKey: keys.communities(district) });
      say(said ?? t('saved'));
      return true;
    } catch (error) {
      if (error instanceof Problem && error.conflict && error.current)
        setNewer(error.current as CommunityFile);
      else setFault(sentence(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  const load = () => {
    if (newer) client.setQueryData(key, newer);
    setNewer(null);
  };
  return { busy, fault, newer, save, load };
}
