// The cheapest connection of a zone's parts: on the map, and as a button that adds it.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { paintZone } from '../api/endpoints';
import { clearLink, overrideLink } from '../api/links';
import type { Connection, Zone } from '../api/nouns';
import { invalidate, useSession } from '../api/queries';
import { useWords } from '../language';
import { metres } from '../language/format';
import { showWays, waysOfConnection } from '../links/ways';
import { useControl } from '../map/control';
import { palettes } from '../map/overlays';
import { may } from '../people/capability';
import { useSteps } from '../state/undo';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Notice, useSentence } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './contiguity.module.css';
import { words } from './contiguityWords';
import { useEdits } from './useEdits';

export function Join({ zone: z, by }: { zone: Zone; by: Connection }) {
  const t = useWords(words);
  const sentence = useSentence();
  const district = useWorkbench((s) => s.district);
  const session = useSession();
  const { make } = useEdits();
  const declare = useDeclare();
  const [fault, setFault] = useState<string | null>(null);
  useOnMap(by);
  // Those that do not count under the rules have to be declared by a person.
  const declared = by.links.filter((l) => !l.counts);
  const join = useMutation({
    mutationFn: async () => {
      const label = t('joinStep', { name: z.name });
      if (by.communities.length > 0)
        await make({
          label,
          act: () => paintZone(district, z, { add: by.communities.map((m) => m.code), remove: [] }),
        });
      if (declared.length > 0) await declare(label, declared, t('joinReason', { name: z.name }));
    },
    onSuccess: () => setFault(null),
    onError: (error) => setFault(sentence(error)),
  });
  if (!by.possible) return <Notice tone="warn">{by.why_not || t('impossible')}</Notice>;
  const refused = may(session.data, 'draw.zone') ? null : t('noRight');
  return (
    <div className={own.join} data-testid="contiguity-join">
      <strong>{t('cheapest')}</strong>
      {by.communities.map((m) => (
        <span key={m.code} data-testid="contiguity-add">
          {t('addCommunity', { name: m.name })}
          {(m.eligibility !== 'in' || m.zone) && (
            <span className={ui.hint}>
              {' '}
              {m.eligibility === 'borderline' && t('borderline')}
              {m.eligibility === 'out' && t('out')}
              {m.zone && t('fromOther')}
            </span>
          )}
        </span>
      ))}
      {declared.map((l) => (
        <span key={`${l.a} ${l.b}`}>
          {t('addStreet', {
            street: [...new Set(l.streets.map((s) => s.name || t('unnamed')))].join('、') || t('straight'),
            m: metres(l.walk_m ?? l.gap_m),
          })}
        </span>
      ))}
      <span className={ui.hint}>
        {t('cost', { m: metres(by.cost_m) })}
        {' · '}
        {by.exact ? t('exact') : t('atLeast', { m: metres(by.bound_m) })}
      </span>
      {fault && <Notice tone="bad">{fault}</Notice>}
      <Button
        small
        tone="primary"
        icon="link"
        refused={refused}
        disabled={join.isPending}
        onClick={() => join.mutate()}
        data-testid="contiguity-connect"
      >
        {t('connect')}
      </Button>
    </div>
  );
}

/** Declares links as connecting, in one step of undo. */
function useDeclare() {
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  return async (label: string, links: Connection['links'], reason: string): Promise<void> => {
    const changed = () => {
      invalidate(client, district, { layer: 'links', bbox: null });
      useControl.getState().controller?.refresh('links');
    };
    const act = async () => {
      for (const l of links) await overrideLink(district, l.a, l.b, { verdict: 'together', reason });
      changed();
    };
    const undo = async () => {
      for (const l of links) await clearLink(district, l.a, l.b);
      changed();
    };
    await act();
    useSteps.getState().done({ label, undo, redo: act });
  };
}

/** The ways of the connection, and the communities that it would add. */
function useOnMap(by: Connection): void {
  const t = useWords(words);
  const controller = useControl((s) => s.controller);
  const colour = palettes[useWorkbench((s) => s.theme)].way;
  // What changed at the server brings the same connection as a new object.
  const [shown, setShown] = useState(by);
  if (shown !== by && JSON.stringify(shown) !== JSON.stringify(by)) setShown(by);
  useEffect(() => {
    if (!shown.possible) return;
    showWays(waysOfConnection(shown));
    controller?.setTint(new Map(shown.communities.map((m) => [m.code, colour])), 'connection');
    useControl.getState().setNote('connection', {
      title: t('cheapest'),
      rows: [{ label: t('legendConnection'), shape: 'line', colours: [colour] }],
    });
    return () => {
      showWays([]);
      controller?.setTint(new Map(), 'connection');
      useControl.getState().setNote('connection', null);
    };
  }, [controller, shown, colour, t]);
}
