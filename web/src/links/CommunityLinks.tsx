// The neighbours of a community, what lies between, and what a person says.
import { useEffect, useState } from 'react';
import { useLinks } from '../api/links';
import type { Link } from '../api/nouns';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import { LinkVerdict } from './LinkVerdict';
import own from './links.module.css';
import { between, gapOf, walkOf } from './said';
import { showWays, waysOfLink } from './ways';
import { words } from './words';

const FIRST = 5;

export default function CommunityLinks({ code }: { code: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const links = useLinks(district, code);
  const [all, setAll] = useState(false);
  useEffect(() => () => showWays([]), []);
  const list = links.data?.items ?? [];
  return (
    <div className={css.section} data-testid="community-links">
      <h3>{t('title')}</h3>
      {links.isPending ? (
        <Waiting rows={3} />
      ) : links.isError ? (
        <Failure error={links.error} retry={() => void links.refetch()} />
      ) : (
        <>
          {links.data.stale > 0 && <p className={ui.hint}>{t('stale', { n: links.data.stale })}</p>}
          {list.length === 0 && (
            <p className={ui.hint}>{t(links.data.without_place.length > 0 ? 'noPlace' : 'none')}</p>
          )}
          {(all ? list : list.slice(0, FIRST)).map((l) => (
            <Neighbour key={`${l.a.code} ${l.b.code}`} link={l} of={code} />
          ))}
          {!all && list.length > FIRST && (
            <Button small tone="ghost" onClick={() => setAll(true)} data-testid="community-links-all">
              {t('more', { n: list.length - FIRST })}
            </Button>
          )}
        </>
      )}
    </div>
  );
}

function Neighbour({ link: l, of }: { link: Link; of: string }) {
  const t = useWords(words);
  const { select, hover } = useWorkbench.getState();
  const other = l.a.code === of ? l.b : l.a;
  const point = (on: boolean) => {
    hover(on ? { kind: 'community', code: other.code } : null);
    showWays(on ? waysOfLink(l) : []);
  };
  const facts = between(l, t);
  return (
    <div className={own.link} data-testid="community-link" data-code={other.code} data-verdict={l.verdict}>
      <button
        type="button"
        className={own.other}
        onMouseEnter={() => point(true)}
        onMouseLeave={() => point(false)}
        onFocus={() => point(true)}
        onBlur={() => point(false)}
        onClick={() => select({ kind: 'community', code: other.code })}
      >
        {other.name}
      </button>
      <span className={own.facts}>{[gapOf(l.gap_m, t), walkOf(l.walk_m, t), ...facts].join(' · ')}</span>
      <LinkVerdict link={l} />
    </div>
  );
}
