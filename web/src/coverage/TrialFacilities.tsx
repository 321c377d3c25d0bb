// The facilities of a what-if: the chosen one with what can be done to it, the
// ones that are different, and how to add one without a mouse.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keepFacility, type TrialFacility } from '../api/coverage';
import type { CoverageRun, Position } from '../api/nouns';
import { keys, useBuilding, useSession } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { coordinate } from '../language/format';
import { useControl } from '../map/control';
import { may } from '../people/capability';
import { useScenario } from '../scenarios/useScenario';
import { parseCoordinate } from '../state/address';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { Field } from '../ui/Field';
import { useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import own from './coverage.module.css';
import { trialWords } from './trialWords';
import { type Added, placeOf, useTrying } from './trying';

const FOUND = 8;

export function TrialFacilities({
  run,
  facilities,
}: {
  run: CoverageRun;
  facilities: readonly TrialFacility[];
}) {
  const t = useWords(trialWords);
  const s = useTrying();
  const [q, setQ] = useState('');
  const chosen = facilities.find((f) => f.code === s.chosen);
  const added = s.added.find((a) => a.id === s.chosen);
  const needle = q.trim();
  const found = needle ? facilities.filter((f) => f.name.includes(needle)).slice(0, FOUND) : [];
  const different = facilities.filter((f) => s.moved.has(f.code) || s.closed.has(f.code));
  const show = (code: string, at: Position) => {
    s.choose(code);
    useControl.getState().controller?.reveal(null, at);
  };
  return (
    <div className={css.section}>
      <h3>{t('facilities', { n: facilities.length + s.added.length })}</h3>
      <div className={css.row}>
        <Button
          small
          icon="plus"
          aria-pressed={s.hand === 'add'}
          tone={s.hand === 'add' ? 'primary' : 'plain'}
          onClick={() => s.take(s.hand === 'add' ? 'move' : 'add')}
          data-testid="trial-add"
        >
          {t('add')}
        </Button>
      </div>
      <PlaceField
        label={t('addAt')}
        action={t('add')}
        onPlace={(at) => s.add(at, (n) => t('newName', { n }))}
        testId="trial-add-at"
      />
      <input
        className={ui.input}
        type="search"
        placeholder={t('find')}
        aria-label={t('find')}
        value={q}
        onChange={(e) => setQ(e.target.value)}
        data-testid="trial-find"
      />
      {found.map((f) => (
        <button
          key={f.code}
          type="button"
          className={own.link}
          onClick={() => {
            setQ('');
            show(f.code, placeOf(f, s));
          }}
          data-testid="trial-found"
        >
          {f.name || f.code}
        </button>
      ))}
      {chosen && <Chosen facility={chosen} />}
      {added && <ChosenAdded run={run} added={added} />}
      {different.length + s.added.length > 0 && (
        <div className={own.changes} data-testid="trial-changes">
          {different.map((f) => (
            <ChangeRow
              key={f.code}
              name={f.name || f.code}
              what={t(s.closed.has(f.code) ? 'isClosed' : 'isMoved')}
              onShow={() => show(f.code, placeOf(f, s))}
              onBack={() => s.restore(f.code)}
            />
          ))}
          {s.added.map((a) => (
            <ChangeRow
              key={a.id}
              name={a.name}
              what={t(a.kept ? 'isKept' : 'isAdded')}
              onShow={() => show(a.id, a.location)}
              onBack={() => s.restore(a.id)}
            />
          ))}
        </div>
      )}
    </div>
  );
}

function ChangeRow({
  name,
  what,
  onShow,
  onBack,
}: {
  name: string;
  what: string;
  onShow: () => void;
  onBack: () => void;
}) {
  const t = useWords(trialWords);
  return (
    <div data-testid="trial-change">
      <button type="button" className={own.link} onClick={onShow}>
        {name}
      </button>
      <span className={`${ui.badge} ${ui.plain}`}>{what}</span>
      <IconButton icon="undo" small label={t('takeBack')} onClick={onBack} data-testid="trial-take-back" />
    </div>
  );
}

function Chosen({ facility: f }: { facility: TrialFacility }) {
  const t = useWords(trialWords);
  const s = useTrying();
  const closed = s.closed.has(f.code);
  return (
    <div className={own.card} data-testid="trial-chosen">
      <strong>{f.name || f.code}</strong>
      <span className={ui.hint}>
        {coordinate(placeOf(f, s))}
        {f.proposed && ` · ${t('proposed')}`}
        {f.capacity !== null && ` · ${t('capacity', { n: f.capacity })}`}
      </span>
      {!f.reached && <span className={ui.fault}>{t('offNetwork')}</span>}
      <div className={css.row}>
        <Button
          small
          icon={closed ? 'refresh' : 'close'}
          onClick={() => s.close(f.code, !closed)}
          data-testid="trial-close"
        >
          {t(closed ? 'reopen' : 'close')}
        </Button>
        {(closed || s.moved.has(f.code)) && (
          <Button small tone="ghost" icon="undo" onClick={() => s.restore(f.code)}>
            {t('takeBack')}
          </Button>
        )}
      </div>
      {!closed && (
        <PlaceField
          label={t('moveTo')}
          action={t('move')}
          onPlace={(at) => s.move(f.code, at)}
          testId="trial-move-to"
        />
      )}
    </div>
  );
}

function ChosenAdded({ run, added: a }: { run: CoverageRun; added: Added }) {
  const t = useWords(trialWords);
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const session = useSession();
  const scenario = useScenario();
  const keep = useMutation({
    mutationFn: () =>
      keepFacility(district, scenario?.code ?? '', {
        facility_type: run.facility_type,
        name: a.name,
        location: a.location,
        note: t('keptNote'),
      }),
    onSuccess: (made) => {
      useTrying.getState().keep(a.id, made.code);
      void client.invalidateQueries({ queryKey: [...keys.scenarios(district), 'facilities'] });
      say(t('keptSaid', { name: a.name, scenario: scenario?.name ?? '' }));
    },
    onError: (error) => say(sentence(error), { bad: true }),
  });
  const refused = may(session.data, 'draw.zone') ? null : t('noRightToKeep');
  return (
    <div className={own.card} data-testid="trial-chosen">
      <strong>{a.name}</strong>
      <span className={ui.hint}>{coordinate(a.location)}</span>
      <div className={css.row}>
        <Button
          small
          tone="primary"
          refused={refused}
          disabled={keep.isPending || a.kept !== null || !scenario}
          onClick={() => keep.mutate()}
          data-testid="trial-keep"
        >
          {t(a.kept ? 'kept' : 'keep')}
        </Button>
        <Button
          small
          tone="ghost"
          icon="trash"
          onClick={() => useTrying.getState().restore(a.id)}
          data-testid="trial-remove"
        >
          {t('remove')}
        </Button>
      </div>
      {scenario && <span className={ui.hint}>{t('keepInto', { name: scenario.name })}</span>}
      <PlaceField
        label={t('moveTo')}
        action={t('move')}
        onPlace={(at) => useTrying.getState().move(a.id, at)}
        testId="trial-move-to"
      />
    </div>
  );
}

/** A place without a mouse: typed as a coordinate, or that of the selected building. */
function PlaceField({
  label,
  action,
  onPlace,
  testId,
}: {
  label: string;
  action: string;
  onPlace: (at: Position) => void;
  testId: string;
}) {
  const t = useWords(trialWords);
  const { district, selection } = useWorkbench();
  const building = useBuilding(district, selection?.kind === 'building' ? selection.code : null).data;
  const [text, setText] = useState('');
  const at = parseCoordinate(text);
  const place = () => {
    if (!at) return;
    onPlace(at);
    setText('');
  };
  const here = building?.location;
  return (
    <Field label={label}>
      {(id) => (
        <>
          <span className={own.limit}>
            <input
              id={id}
              className={ui.input}
              placeholder={t('coordinates')}
              value={text}
              onChange={(e) => setText(e.target.value)}
              onKeyDown={(e) => {
                if (e.key === 'Enter') place();
              }}
              data-testid={testId}
            />
            <Button small disabled={!at} onClick={place} data-testid={`${testId}-go`} style={{ height: 28 }}>
              {action}
            </Button>
          </span>
          {here && (
            <button
              type="button"
              className={own.link}
              onClick={() => onPlace(here)}
              data-testid={`${testId}-building`}
            >
              {t('atBuilding', { name: building.name || building.community_name || building.code })}
            </button>
          )}
        </>
      )}
    </Field>
  );
}
