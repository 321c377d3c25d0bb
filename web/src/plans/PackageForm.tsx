// Zones, what the package holds, and the one button that makes it.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { District, Zone } from '../api/nouns';
import { orderPackage } from '../api/packages';
import { keys } from '../api/queries';
import { useCrsName } from '../crs/CrsPicker';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import { OrderDialog } from './OrderDialog';
import { asks, type OrderDraft, orderFault, orderOf, remember, remembered } from './order';
import own from './plans.module.css';
import { words } from './words';
import { ZonePicker } from './ZonePicker';

export interface OfZones {
  district: District;
  zones: readonly Zone[];
  /** Codes in the order they were ticked; sheets stand in the order of the list. */
  ticked: readonly string[];
  onTick: (codes: readonly string[]) => void;
  /** Why the person may not export. */
  refused: string | null;
}

export function PackageForm({ district, zones, ticked, onTick, refused }: OfZones) {
  const t = useWords(words);
  const client = useQueryClient();
  const sentence = useSentence();
  const scenario = useWorkbench((s) => s.scenario);
  const setTab = useWorkbench((s) => s.setPlanTab);
  const [draft, setDraft] = useState(() => remembered(district.code, `EPSG:${district.gk_srid}`));
  const [adjusting, setAdjusting] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const chosen = zones.filter((z) => ticked.includes(z.code));
  const wrong = orderFault(draft);
  const reason = refused ?? (chosen.length === 0 ? t('choose') : wrong ? t(`fault.${wrong}`) : null);

  const keep = (next: OrderDraft) => {
    setDraft(next);
    remember(district.code, next);
    setAdjusting(false);
  };
  const make = async (order: OrderDraft) => {
    keep(order);
    setBusy(true);
    setFault(null);
    try {
      await orderPackage(district.code, orderOf(order, scenario, chosen));
      await client.invalidateQueries({ queryKey: keys.packages(district.code) });
      say(t('ordered'));
      setTab('made');
    } catch (error) {
      setFault(sentence(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <div className={css.scroll}>
        <ZonePicker zones={zones} ticked={ticked} onTick={onTick} />
        <Holds draft={draft} onAdjust={() => setAdjusting(true)} />
      </div>
      <div className={css.foot} style={{ display: 'grid' }}>
        {fault && <Notice tone="bad">{fault}</Notice>}
        <Button
          tone="primary"
          wide
          icon="plans"
          refused={reason}
          disabled={busy}
          onClick={() => void make(draft)}
          data-testid="package-make"
        >
          {busy ? t('ordering') : chosen.length > 0 ? t('make', { n: chosen.length }) : t('makeOne')}
        </Button>
      </div>
      {adjusting && (
        <OrderDialog
          draft={draft}
          ownCrs={district.gk_srid}
          titleOtherwise={t('titleOtherwise', { district: district.name })}
          refused={refused ?? (chosen.length === 0 ? t('choose') : null)}
          onKeep={keep}
          onMake={(order) => void make(order)}
          onClose={() => setAdjusting(false)}
        />
      )}
    </>
  );
}

/** The order in short. */
function Holds({ draft, onAdjust }: { draft: OrderDraft; onAdjust: () => void }) {
  const t = useWords(words);
  const crsName = useCrsName();
  const facts: [string, string][] = [
    ...(draft.title ? [[t('projectTitle'), draft.title] as [string, string]] : []),
    ...(draft.author ? [[t('author'), draft.author] as [string, string]] : []),
    ...(asks.crs(draft) ? [[t('crsShort'), crsName(draft.crs)] as [string, string]] : []),
    ...(asks.encoding(draft)
      ? [[t('encodingShort'), t(`encoding.${draft.encoding}`)] as [string, string]]
      : []),
  ];
  return (
    <div className={css.section}>
      <h3>
        {t('holds')}
        <Button small icon="pencil" onClick={onAdjust} data-testid="order-adjust">
          {t('adjust')}
        </Button>
      </h3>
      <div className={own.chips} data-testid="order-parts">
        {draft.parts.map((p) => (
          <span key={p}>
            {t(`part.${p}`)}
            {p === 'atlas' && ` ${draft.paper}${draft.grey ? ` ${t('greyShort')}` : ''}`}
          </span>
        ))}
      </div>
      {facts.length > 0 && (
        <dl className={css.facts}>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
