// Where residents stand in every community: found, narrowed, opened; the map
// shows the same in colours.
import { useEffect, useState } from 'react';
import { community } from '../api/endpoints';
import { useDistrict, useSession, useSubdistricts } from '../api/queries';
import { type SurveyEntry, type SurveyFilter, statisticsAddress, useSurveys } from '../api/surveys';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count } from '../language/format';
import { useControl } from '../map/control';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Select } from '../ui/Select';
import { DemoMark, Empty, Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import { PrintStatistics } from './PrintSheets';
import own from './surveys.module.css';
import { useSurveysOnMap } from './useSurveysOnMap';
import { ShareBar, toneOf } from './VerdictCard';
import { words } from './words';

const states = ['asked', 'open', 'late', 'closed', 'passed', 'none'] as const;
const sorts = ['name', '-share', 'share', '-unasked', 'due_on'] as const;
const first: SurveyFilter = { q: '', state: 'asked', subdistrict: '', sort: 'name' };

export default function SurveysPanel() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const [filter, setFilter] = useState(first);
  const list = useSurveys(district, filter);
  useSurveysOnMap(district);
  const page = list.data?.pages[0];
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <div className={css.scroll}>
      <Filters filter={filter} summary={page?.summary} onChange={(p) => setFilter((f) => ({ ...f, ...p }))} />
      {list.isError ? (
        <Failure error={list.error} retry={() => void list.refetch()} />
      ) : !page ? (
        <Waiting rows={6} />
      ) : items.length === 0 ? (
        <Empty icon="search" title={t('nothing')}>
          {t('nothingText')}
        </Empty>
      ) : (
        <ul className={own.list} data-testid="survey-list">
          <li className={own.found}>{t('found', { n: count(page.total) })}</li>
          {items.map((e) => (
            <Entry key={e.community.code} entry={e} needed={page.share} />
          ))}
          {list.hasNextPage && (
            <li className={own.found}>
              <Button small disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {t('more')}
              </Button>
            </li>
          )}
        </ul>
      )}
      <Annex4 subdistrict={filter.subdistrict} />
    </div>
  );
}

function Filters({
  filter,
  summary,
  onChange,
}: {
  filter: SurveyFilter;
  summary: { none: number; open: number; closed: number; late: number; passed: number } | undefined;
  onChange: (part: Partial<SurveyFilter>) => void;
}) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const subdistricts = useSubdistricts(district);
  const [q, setQ] = useState(filter.q);
  useEffect(() => {
    if (q === filter.q) return;
    const timer = setTimeout(() => onChange({ q }), 250);
    return () => clearTimeout(timer);
  }, [q, filter.q, onChange]);
  const n = (s: (typeof states)[number]) =>
    summary && (s === 'asked' ? summary.open + summary.closed : summary[s]);
  return (
    <div className={css.section}>
      <div className={own.chips} role="group" aria-label={t('title')}>
        {states.map((s) => (
          <button
            key={s}
            type="button"
            aria-pressed={filter.state === s}
            onClick={() => onChange({ state: s })}
            data-testid={`survey-state-${s}`}
          >
            {t(`state.${s}`)}
            <b>{count(n(s))}</b>
          </button>
        ))}
      </div>
      <input
        className={ui.input}
        type="search"
        value={q}
        aria-label={t('search')}
        placeholder={t('searchHint')}
        onChange={(e) => setQ(e.target.value)}
        data-testid="survey-search"
      />
      <div className={own.pair}>
        <Select
          label={t('subdistrict')}
          value={filter.subdistrict}
          options={[
            { value: '', label: t('allSubdistricts') },
            ...(subdistricts.data ?? []).map((s) => ({ value: s.code, label: s.name })),
          ]}
          onChange={(subdistrict) => onChange({ subdistrict })}
          testId="survey-subdistrict"
        />
        <Select
          label={t('sort')}
          value={filter.sort}
          options={sorts.map((s) => ({ value: s, label: t(`sort.${s}`) }))}
          onChange={(sort) => onChange({ sort })}
          testId="survey-sort"
        />
      </div>
    </div>
  );
}

function Entry({ entry: e, needed }: { entry: SurveyEntry; needed: number | null }) {
  const t = useWords(words);
  const selected = useWorkbench(
    (s) => s.selection?.kind === 'community' && s.selection.code === e.community.code,
  );
  const { district, select, openSheet } = useWorkbench.getState();
  const code = e.community.code;
  const show = () => {
    select({ kind: 'community', code });
    void community(district, code).then(
      (c) => useControl.getState().controller?.reveal(c.bbox, c.location),
      () => {},
    );
  };
  const s = e.sums;
  const share = s && s.agreed !== null && s.households ? s.agreed / s.households : null;
  return (
    <li className={own.entry} data-selected={selected} data-testid="survey-entry" data-code={code}>
      <button type="button" className={own.entryBody} onClick={show}>
        <span className={own.entryHead}>
          <strong>{e.community.name}</strong>
          {e.generated.length > 0 && <DemoMark />}
          <span className={`${ui.badge} ${e.late ? ui.badTone : e.outcome ? toneOf(e.outcome) : ui.plain}`}>
            {e.late ? t('state.late') : e.outcome ? t(`outcome.${e.outcome}`) : t('state.none')}
          </span>
        </span>
        {s && (
          <>
            <ShareBar
              agreed={share ?? 0}
              asked={s.asked !== null && s.households ? s.asked / s.households : 0}
              share={needed}
              met={e.outcome === 'met'}
            />
            <small>
              {s.masked ? t('masked') : t('agreedOf', { agreed: count(s.agreed), all: count(s.households) })}
              {' · '}
              {e.closed_on
                ? t('closedOn', { day: e.closed_on })
                : e.due_on
                  ? t('due', { day: e.due_on })
                  : t('state.open')}
            </small>
          </>
        )}
        {e.missing && <small className={own.entryMissing}>{e.missing}</small>}
        {!s && <small>{e.community.subdistrict_name}</small>}
      </button>
      <Button
        small
        tone="ghost"
        onClick={() => {
          select({ kind: 'community', code });
          openSheet({ kind: 'community', code, part: 'survey' });
        }}
        data-testid="survey-open"
      >
        {t(s ? 'openIt' : 'begin')}
      </Button>
    </li>
  );
}

function Annex4({ subdistrict }: { subdistrict: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const session = useSession();
  const whole = useDistrict(district).data?.name ?? '';
  const name = useSubdistricts(district).data?.find((s) => s.code === subdistrict)?.name ?? whole;
  const [open, setOpen] = useState(false);
  return (
    <div className={`${css.section} ${own.foot}`}>
      <Button small icon="file" onClick={() => setOpen(true)} data-testid="survey-annex4">
        {t('annex4')}
      </Button>
      {may(session.data, 'export') && (
        <a className={`${ui.button} ${ui.small}`} href={statisticsAddress(district, subdistrict)} download>
          {t('workbook')}
        </a>
      )}
      {open && <PrintStatistics subdistrict={subdistrict} name={name} onClose={() => setOpen(false)} />}
    </div>
  );
}
