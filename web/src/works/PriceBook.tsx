// The district's price book: typed, or pasted from a spreadsheet.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keys, useSession } from '../api/queries';
import * as api from '../api/works';
import { useWords } from '../language';
import { may } from '../people/capability';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Failure, Notice, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { readPrices } from './paste';
import { figure } from './sums';
import { words } from './words';
import css from './works.module.css';

interface Row {
  unit: string;
  price: string;
  source: string;
}
type Items = readonly { no: number; name: string }[];

export function PriceBook({
  district,
  items,
  onClose,
}: {
  district: string;
  items: Items;
  onClose: () => void;
}) {
  const t = useWords(words);
  const asked = api.usePrices(district);
  if (!asked.data)
    return (
      <Dialog open onClose={onClose} title={t('bookTitle')} width={820}>
        {asked.isError ? <Failure error={asked.error} /> : <Waiting />}
      </Dialog>
    );
  return <Book district={district} book={asked.data} items={items} onClose={onClose} />;
}

function Book({
  district,
  book,
  items,
  onClose,
}: {
  district: string;
  book: api.PriceBook;
  items: Items;
  onClose: () => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const session = useSession();
  const mayEdit = may(session.data, 'decide.program');
  const [version] = useState(book.version);
  const [rows, setRows] = useState(() => rowsOf(book.prices));
  const [pasted, setPasted] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const read = readPrices(pasted, items);
  const set = (no: number, change: Partial<Row>) =>
    setRows(new Map(rows).set(no, { ...(rows.get(no) ?? { unit: '', price: '', source: '' }), ...change }));
  const faulty = [...rows.values()].some(
    (r) => figure(r.price) === undefined || (r.price !== '' && r.unit.trim() === ''),
  );
  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await api.savePrices(district, version, pricesOf(rows));
      await client.invalidateQueries({ queryKey: keys.works(district) });
      say(t('saved'));
      onClose();
    } catch (error) {
      setProblem(sentence(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('bookTitle')}
      width={820}
      testId="price-book"
      foot={
        <>
          <span className={css.meta}>{t('priced', { n: pricesOf(rows).length, all: items.length })}</span>
          <Button onClick={onClose}>{t('close')}</Button>
          {mayEdit && (
            <Button
              tone="primary"
              disabled={busy || faulty}
              onClick={() => void save()}
              data-testid="price-save"
            >
              {busy ? t('saving') : t('save')}
            </Button>
          )}
        </>
      }
    >
      <p className={ui.hint}>{t('bookText')}</p>
      {problem && <Notice tone="bad">{problem}</Notice>}
      {mayEdit && (
        <div className={css.pasteBox}>
          <textarea
            className={ui.input}
            rows={3}
            value={pasted}
            placeholder={t('paste')}
            aria-label={t('paste')}
            onChange={(e) => setPasted(e.target.value)}
            data-testid="price-paste"
          />
          <Button
            small
            icon="download"
            disabled={read.prices.length === 0}
            onClick={() => {
              setRows(new Map([...rows, ...rowsOf(read.prices)]));
              say(t('tookOver', { n: read.prices.length }));
              setPasted('');
            }}
            data-testid="price-take"
          >
            {t('takeOver', { n: read.prices.length })}
          </Button>
          {read.faults.length > 0 && (
            <ul className={css.faults} data-testid="price-faults">
              {read.faults.slice(0, 6).map((f) => (
                <li key={f.row}>
                  {t('row', { n: f.row })}：{t(`paste.${f.why}`)} <code>{f.text}</code>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
      <table className={css.book}>
        <thead>
          <tr>
            <th className={css.no}>{t('no')}</th>
            <th>{t('item')}</th>
            <th className={css.unit}>{t('unit')}</th>
            <th className={css.figure}>{t('price')}</th>
            <th>{t('source')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => {
            const row = rows.get(item.no) ?? { unit: '', price: '', source: '' };
            return (
              <tr key={item.no}>
                <td className={css.no}>{item.no}</td>
                <td>{item.name}</td>
                {(['unit', 'price', 'source'] as const).map((key) => (
                  <td key={key}>
                    <input
                      className={ui.input}
                      value={row[key]}
                      readOnly={!mayEdit}
                      inputMode={key === 'price' ? 'decimal' : undefined}
                      aria-label={`${item.no} ${item.name} ${t(key)}`}
                      aria-invalid={
                        (key === 'price' && figure(row.price) === undefined) ||
                        (key === 'unit' && row.price !== '' && row.unit.trim() === '') ||
                        undefined
                      }
                      onChange={(e) => set(item.no, { [key]: e.target.value })}
                      data-testid={`price-${key}-${item.no}`}
                    />
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Dialog>
  );
}

const rowsOf = (prices: readonly api.Price[]): Map<number, Row> =>
  new Map(
    prices.map((p) => [p.item_no, { unit: p.unit, price: String(p.price_yuan), source: p.source ?? '' }]),
  );

const pricesOf = (rows: ReadonlyMap<number, Row>): api.Price[] =>
  [...rows].flatMap(([no, r]) => {
    const price = figure(r.price);
    return typeof price === 'number'
      ? [{ item_no: no, unit: r.unit.trim(), price_yuan: price, source: r.source.trim() }]
      : [];
  });
