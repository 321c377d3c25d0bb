// Decisions go to the service one after the other; what it then finds is shown at once.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type Decisions,
  type Diagnosis,
  decide,
  type Inspection,
  type LayerDiagnosis,
} from '../api/inspections';
import { keys } from '../api/queries';
import { Problem } from '../api/request';
import { useWords } from '../language';
import { useSentence } from '../ui/State';
import { words } from './words';

export interface Deciding {
  busy: boolean;
  fault: string | null;
  /** Changes the decisions and waits for the diagnosis that follows from them. */
  change: (make: (d: Decisions) => Decisions) => void;
}

/** What every step is given. */
export interface StepProps {
  inspection: Inspection;
  diagnosis: Diagnosis;
  layer: LayerDiagnosis;
  deciding: Deciding;
}

export function useDecide(inspection: Inspection): Deciding {
  const t = useWords(words);
  const client = useQueryClient();
  const sentence = useSentence();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const key = [...keys.inspections(inspection.district), 'one', inspection.id];
  const send = async (make: (d: Decisions) => Decisions) => {
    setBusy(true);
    setFault(null);
    try {
      const now = client.getQueryData<Inspection>(key) ?? inspection;
      client.setQueryData(key, await decide(now.id, now.version, make(now.decisions)));
    } catch (error) {
      setFault(error instanceof Problem && error.conflict ? t('changed') : sentence(error));
      await client.invalidateQueries({ queryKey: key });
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    fault,
    change: (make) => {
      if (!busy) void send(make);
    },
  };
}
