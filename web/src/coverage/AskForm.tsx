// What to ask for: a facility type, how far, and over which homes.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import * as api from '../api/endpoints';
import type { CoverageAsk } from '../api/nouns';
import { keys, useDistrict, useFacilityTypes, useSession } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { Failure, Notice, useSentence } from '../ui/State';
import { AreaFields } from './AreaFields';
import { keepType, lastType, useAsking } from './asking';
import own from './coverage.module.css';
import { CountedFields, MethodFields, ProfileField, useBadSetting, useProposed } from './MethodFields';
import { StandardCard } from './StandardCard';
import { type AreaChoice, askOf } from './settings';
import { TypeList } from './TypeList';
import { words } from './words';

export function AskForm() {
  const t = useWords(words);
  const sentence = useSentence();
  const badSetting = useBadSetting();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const setRun = useWorkbench((s) => s.setRun);
  const session = useSession();
  const ownProfile = useDistrict(district).data?.profile_key ?? '';
  const { settings, set } = useAsking();
  const types = useFacilityTypes(settings.profile || ownProfile);
  const proposed = useProposed();
  const [type, setType] = useState(lastType);
  const [fault, setFault] = useState<string | null>(null);

  const list = useMemo(() => (types.data ?? []).filter((f) => f.kind === 'place'), [types.data]);
  const standard = list.find((f) => f.key === type)?.standard ?? null;
  useEffect(() => keepType(type), [type]);

  const start = useMutation({
    mutationFn: (ask: CoverageAsk) => api.runCoverage(district, ask),
    onSuccess: (run) => {
      client.setQueryData([...keys.coverage(district), 'one', run.id], run);
      void client.invalidateQueries({ queryKey: [...keys.coverage(district), 'list'] });
      setRun(run.id);
    },
    onError: (error) => setFault(sentence(error)),
  });
  const refused = may(session.data, 'run.coverage') ? null : t('noRight');

  const go = () => {
    const made = askOf(settings, proposed.scenario);
    if ('bad' in made) return setFault(badSetting(made.bad, settings));
    setFault(null);
    start.mutate({ facility_type: type, ...made.ask });
  };

  if (types.isError) return <Failure error={types.error} retry={() => void types.refetch()} />;
  return (
    <>
      <div className={css.section}>
        <Field label={t('type')}>
          {() => (
            <TypeList
              types={list}
              value={type}
              onChange={(key) => {
                setType(key);
                set({ ...settings, limit: '' });
              }}
            />
          )}
        </Field>
        <ProfileField settings={settings} onChange={set} />
        <StandardCard standard={standard} method={settings.method} />
        <MethodFields settings={settings} onChange={set} standard={standard} />
      </div>
      <div className={css.section}>
        <h3>{t('area')}</h3>
        <AreaFields
          area={settings.area}
          onChange={(area: AreaChoice) => set({ ...useAsking.getState().settings, area })}
        />
        <CountedFields settings={settings} onChange={set} />
        {fault && <Notice tone="bad">{fault}</Notice>}
        <Button
          tone="primary"
          wide
          refused={refused}
          disabled={start.isPending}
          onClick={go}
          data-testid="coverage-run"
        >
          {start.isPending ? t('running') : t('run')}
        </Button>
        <p className={own.method}>{t('outside')}</p>
      </div>
    </>
  );
}
