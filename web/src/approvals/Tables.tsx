// The decision tables: which row applies, why, and what another reading would say.
import type { ApprovalFile, Route, RowAnswer, TableAnswer } from '../api/approvals';
import { useWords } from '../language';
import { Icon, type IconName } from '../ui/icons';
import { Notice } from '../ui/State';
import { Tip } from '../ui/Tip';
import ui from '../ui/ui.module.css';
import own from './approvals.module.css';
import { tellingFacts, toneOf } from './said';
import { words } from './words';

export function NeedBadge({ need }: { need: TableAnswer['need'] }) {
  const t = useWords(words);
  return (
    <span className={`${ui.badge} ${ui.plain} ${ui[toneOf[need]]}`} data-need={need}>
      {t(`need.${need}`)}
    </span>
  );
}

export function Tables({ route, file, trial }: { route: Route; file: ApprovalFile; trial: boolean }) {
  const t = useWords(words);
  const names = route.missing.map((key) => file.asked.find((i) => i.key === key)?.name ?? key);
  return (
    <section className={own.tables} aria-live="polite" data-trial={trial} data-testid="approval-tables">
      <h3>
        {t('tables')}
        <span className={ui.hint}>{t('tablesHint')}</span>
      </h3>
      {route.contradictions.map((text) => (
        <Notice key={text} tone="bad">
          {text}
        </Notice>
      ))}
      {names.length > 0 && <Notice>{t('missing', { n: names.length, names: names.join('、') })}</Notice>}
      {route.tables.map((table) => (
        <Table key={table.key} table={table} doubts={file.doubts} />
      ))}
    </section>
  );
}

function Table({ table, doubts }: { table: TableAnswer; doubts: ApprovalFile['doubts'] }) {
  const t = useWords(words);
  return (
    <article className={own.table} data-need={table.need} data-testid={`table-${table.key}`}>
      <header>
        <strong>{table.name}</strong>
        <NeedBadge need={table.need} />
        <span className={own.clause}>{t('clause', { clause: table.clause })}</span>
      </header>
      <p className={own.outcome}>{table.outcome}</p>
      <ul>
        {table.rows.map((row) => (
          <Row key={row.text + row.outcome} row={row} doubts={doubts} />
        ))}
      </ul>
      <Readings table={table} />
    </article>
  );
}

const icons: Record<RowAnswer['state'], IconName> = {
  applies: 'check',
  not: 'close',
  unknown: 'question',
  boundary: 'warning',
};

function Row({ row, doubts }: { row: RowAnswer; doubts: ApprovalFile['doubts'] }) {
  const t = useWords(words);
  const facts = tellingFacts(row);
  return (
    <li className={own.tableRow} data-state={row.state}>
      <Tip text={t(`state.${row.state}`)}>
        <span className={own.mark} role="img" aria-label={t(`state.${row.state}`)}>
          <Icon name={icons[row.state]} size={13} />
        </span>
      </Tip>
      <div>
        <span>
          {row.text} <b>→ {row.outcome}</b>
          {row.ambiguities.map((id) => {
            const doubt = doubts.find((d) => d.id === id);
            return (
              <Tip key={id} text={doubt ? `${doubt.issue} ${doubt.handling}` : id}>
                <span className={own.doubt}>{id}</span>
              </Tip>
            );
          })}
        </span>
        {facts.length > 0 && (
          <span className={own.facts}>
            {facts.map((f) => (
              <span key={f.input + f.text} data-state={f.state}>
                {f.text}
              </span>
            ))}
          </span>
        )}
      </div>
    </li>
  );
}

/** Shown only where the reading makes a difference. */
function Readings({ table }: { table: TableAnswer }) {
  const t = useWords(words);
  const parameters = [...new Set(table.readings.map((r) => r.parameter))].filter((p) => {
    const needs = new Set(table.readings.filter((r) => r.parameter === p).map((r) => r.need));
    return needs.size > 1;
  });
  return parameters.map((p) => {
    const readings = table.readings.filter((r) => r.parameter === p);
    return (
      <p key={p} className={own.readings} data-testid={`readings-${p}`}>
        <span>
          {t('readings')} · {readings[0]?.name}
          {readings[0]?.ambiguity && ` ${readings[0].ambiguity}`}
        </span>
        {readings.map((r) => (
          <span key={String(r.value)} data-chosen={r.chosen}>
            {r.text}
            {r.chosen && `（${t('chosen')}）`}：<b data-need={r.need}>{t(`need.${r.need}`)}</b>
          </span>
        ))}
      </p>
    );
  });
}
