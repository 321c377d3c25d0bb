// What a scorecard is made by: standards, method, walker, area, and which of the
// facility types; all of the profile unless something else is chosen.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { create } from 'zustand';
import type { FacilityType, ScorecardAsk } from '../api/nouns';
import { keys, useDistrict, useFacilityTypes, useSession } from '../api/queries';
import { makeScorecard } from '../api/scorecards';
import { AreaFields } from '../coverage/AreaFields';
import {
  CountedFields,
  MethodFields,
  ProfileField,
  useBadSetting,
  useProposed,
} from '../coverage/MethodFields';
import { askOf, type Settings, usual } from '../coverage/settings';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Checkbox } from '../ui/Field';
import { Failure, Notice, useSentence } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './scorecards.module.css';
import { words } from './words';

/** What is typed stays while other tabs are open. */
const useDraft = create<{ settings: Settings; set: (settings: Settings) => void }>()((set) => ({
  settings: usual,
  set: (settings) => set({ settings }),
}));

export function ScoreForm({ onMade }: { onMade: (batch: string) => void }) {
  const t = useWords(words);
  const sentence = useSentence();
  const badSetting = useBadSetting();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const session = useSession();
  const { settings, set } = useDraft();
  const ownProfile = useDistrict(district).data?.profile_key ?? '';
  const types = useFacilityTypes(settings.profile || ownProfile);
  const proposed = useProposed();
  /** null: all of the profile. */
  const [chosen, setChosen] = useState<readonly string[] | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const list = (types.data ?? []).filter((f) => f.kind === 'place' && f.standard);
  const make = useMutation({
    mutationFn: (ask: ScorecardAsk) => makeScorecard(district, ask),
    onSuccess: (batch) => {
      void client.invalidateQueries({ queryKey: keys.scorecards(district) });
      onMade(batch.id);
    },
    onError: (error) => setFault(sentence(error)),
  });
  const go = () => {
    const made = askOf(settings, proposed.scenario);
    if ('bad' in made) return setFault(badSetting(made.bad, settings));
    if (chosen?.length === 0) return setFault(t('needTypes'));
    setFault(null);
    const { limit: _, ...ask } = made.ask;
    make.mutate({ ...ask, ...(chosen ? { facility_types: [...chosen] } : {}) });
  };
  if (types.isError) return <Failure error={types.error} retry={() => void types.refetch()} />;
  return (
    <>
      <div className={css.section}>
        <p className={ui.hint}>{t('intro')}</p>
        <ProfileField
          settings={settings}
          onChange={(next) => {
            set(next);
            setChosen(null);
          }}
        />
        <MethodFields settings={settings} onChange={set} standard={undefined} />
        <Types list={list} chosen={chosen} onChange={setChosen} />
      </div>
      <div className={css.section}>
        <h3>{t('area')}</h3>
        <AreaFields
          area={settings.area}
          onChange={(area) => set({ ...useDraft.getState().settings, area })}
        />
        <CountedFields settings={settings} onChange={set} />
        {fault && <Notice tone="bad">{fault}</Notice>}
        <Button
          tone="primary"
          wide
          refused={may(session.data, 'run.coverage') ? null : t('noRight')}
          disabled={make.isPending}
          onClick={go}
          data-testid="score-make"
        >
          {make.isPending ? t('making') : t('make')}
        </Button>
      </div>
    </>
  );
}

function Types({
  list,
  chosen,
  onChange,
}: {
  list: readonly FacilityType[];
  chosen: readonly string[] | null;
  onChange: (chosen: readonly string[] | null) => void;
}) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const [open, setOpen] = useState(false);
  const toggle = (key: string, on: boolean) => {
    const now = list.map((f) => f.key).filter((k) => (k === key ? on : (chosen?.includes(k) ?? true)));
    onChange(now.length === list.length ? null : now);
  };
  return (
    <>
      <div className={css.row}>
        <span className={ui.hint}>
          {t('types')}：
          {chosen
            ? t('someTypes', { n: chosen.length, all: list.length })
            : t('allTypes', { n: list.length })}
        </span>
        <Button
          small
          tone="ghost"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          data-testid="score-types"
        >
          {t(open ? 'hideTypes' : 'chooseTypes')}
        </Button>
        {open && chosen && (
          <Button small tone="ghost" onClick={() => onChange(null)}>
            {t('pickAll')}
          </Button>
        )}
      </div>
      {open && (
        <div className={own.checks}>
          {list.map((f) => (
            <Checkbox
              key={f.key}
              checked={chosen?.includes(f.key) ?? true}
              onChange={(on) => toggle(f.key, on)}
              testId={`score-pick-${f.key}`}
            >
              {(language === 'en' && f.name_en) || f.name}
            </Checkbox>
          ))}
        </div>
      )}
    </>
  );
}
