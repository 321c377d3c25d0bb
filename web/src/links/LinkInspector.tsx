// A link that was clicked on the map: gap, way, what lies between, whether it
// counts, and what a person says.
import { useEffect } from 'react';
import { useLinks } from '../api/links';
import type { Link } from '../api/nouns';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { metres } from '../language/format';
import { useControl } from '../map/control';
import { endsOf } from '../map/link';
import registry from '../registry/registry.module.css';
import { useScenario } from '../scenarios/useScenario';
import { useWorkbench } from '../state/workbench';
import { IconButton } from '../ui/Button';
import { Empty, Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import { LinkVerdict } from './LinkVerdict';
import { classOf } from './linkLayers';
import own from './links.module.css';
import { between, gapOf, walkOf } from './said';
import { showWays, waysOfLink } from './ways';
import { words } from './words';

export default function LinkInspector({ code }: { code: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const ends = endsOf(code);
  const links = useLinks(district, ends?.a ?? null);
  if (ends && links.isPending) return <Waiting rows={6} />;
  if (links.isError) return <Failure error={links.error} retry={() => void links.refetch()} />;
  const link = links.data?.items.find(
    (l) => ends && [l.a.code, l.b.code].includes(ends.a) && [l.a.code, l.b.code].includes(ends.b),
  );
  if (!link)
    return (
      <Empty icon="link" title={t('gone')}>
        {t('goneText')}
      </Empty>
    );
  return <Shown link={link} />;
}

function Shown({ link: l }: { link: Link }) {
  const t = useWords(words);
  const { select, hover } = useWorkbench.getState();
  const controller = useControl((s) => s.controller);
  // Ways are drawn again when the style of the map is another one.
  const styled = useControl((s) => s.styled > 0);
  useEffect(() => {
    if (controller && styled) showWays(waysOfLink(l));
    return () => showWays([]);
  }, [l, controller, styled]);
  const facts = between(l, t);
  return (
    <>
      <div className={registry.title}>
        <div className={registry.titleRow}>
          <h2 data-testid="inspector-title">{t('pair', { a: l.a.name, b: l.b.name })}</h2>
          <IconButton
            icon="close"
            label={t('close')}
            small
            onClick={() => select(null)}
            data-testid="inspector-close"
          />
        </div>
        <div className={registry.sub}>
          <span>{t('link')}</span>
        </div>
      </div>
      <div className={css.scroll}>
        <div className={css.section}>
          <Standing link={l} />
          <p className={own.facts} data-testid="link-facts">
            {[gapOf(l.gap_m, t), walkOf(l.walk_m, t)].join(' · ')}
          </p>
          {facts.map((fact) => (
            <p key={fact} className={own.facts}>
              {fact}
            </p>
          ))}
        </div>
        <div className={css.section}>
          <h3>{t('judgement')}</h3>
          <p className={ui.hint}>{t('judgementHint')}</p>
          <LinkVerdict link={l} />
        </div>
        {l.streets.length > 0 && (
          <div className={css.section}>
            <h3>{t('way')}</h3>
            {l.streets.map((s, i) => (
              <div key={`${i.toString()} ${s.name}`} className={own.street}>
                <span>{s.name || t('unnamed')}</span>
                <span>{s.length_m < 1 ? t('acrossStreet') : metres(s.length_m)}</span>
              </div>
            ))}
          </div>
        )}
        <div className={css.section}>
          <h3>{t('ends')}</h3>
          {[l.a, l.b].map((end) => (
            <button
              key={end.code}
              type="button"
              className={own.other}
              onMouseEnter={() => hover({ kind: 'community', code: end.code })}
              onMouseLeave={() => hover(null)}
              onClick={() => select({ kind: 'community', code: end.code })}
            >
              {end.name}
            </button>
          ))}
        </div>
      </div>
    </>
  );
}

/** Whether it connects under the rules of the scenario that is worked on. */
function Standing({ link: l }: { link: Link }) {
  const t = useWords(words);
  const rules = useScenario()?.rules;
  if (!rules) return null;
  const kind = classOf(
    {
      gap_m: l.gap_m,
      walk_m: l.walk_m ?? undefined,
      crossed: l.crossed.join(' '),
      bridged: l.crossings.map((c) => c.barrier).join(' '),
      verdict: l.verdict,
    },
    rules,
  );
  const good = kind === 'counts' || kind === 'together';
  return (
    <span
      style={{ justifySelf: 'start' }}
      className={`${ui.badge} ${good ? ui.okTone : ui.warnTone}`}
      data-testid="link-class"
      data-class={kind}
    >
      {t(`class.${kind}`)}
    </span>
  );
}
