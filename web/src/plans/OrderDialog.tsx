// What a package holds and how: parts on the left with what each is, settings on the right.
import { useState } from 'react';
import { CrsPicker } from '../crs/CrsPicker';
import { useWords } from '../language';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Checkbox, Field, Segments } from '../ui/Field';
import ui from '../ui/ui.module.css';
import {
  asks,
  documents,
  encodings,
  gisFormats,
  type OrderDraft,
  orderFault,
  type Part,
  papers,
  toggled,
  usual,
} from './order';
import own from './plans.module.css';
import { words } from './words';

export function OrderDialog({
  draft,
  ownCrs,
  titleOtherwise,
  onKeep,
  onMake,
  refused,
  onClose,
}: {
  draft: OrderDraft;
  /** EPSG code of the district's zone. */
  ownCrs: number;
  /** What the service calls the plan when nobody does. */
  titleOtherwise: string;
  onKeep: (draft: OrderDraft) => void;
  onMake: (draft: OrderDraft) => void;
  /** Why nothing can be made now. */
  refused: string | null;
  onClose: () => void;
}) {
  const t = useWords(words);
  const [order, setOrder] = useState(draft);
  const set = (change: Partial<OrderDraft>) => setOrder((o) => ({ ...o, ...change }));
  const fault = orderFault(order);
  const text = (
    key: 'title' | 'author' | 'reviewer' | 'period',
    label: string,
    placeholder: string,
    most: number,
  ) => (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          className={ui.input}
          value={order[key]}
          maxLength={most}
          placeholder={placeholder}
          onChange={(e) => set({ [key]: e.target.value })}
          data-testid={`order-${key}`}
        />
      )}
    </Field>
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('orderTitle')}
      width={880}
      testId="order-dialog"
      foot={
        <>
          <Button
            tone="ghost"
            onClick={() => setOrder({ ...usual(`EPSG:${ownCrs}`), title: order.title })}
            style={{ marginRight: 'auto' }}
          >
            {t('usual')}
          </Button>
          {fault && <span className={ui.fault}>{t(`fault.${fault}`)}</span>}
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button disabled={fault !== null} onClick={() => onKeep(order)} data-testid="order-keep">
            {t('keep')}
          </Button>
          <Button
            tone="primary"
            disabled={fault !== null}
            refused={refused}
            onClick={() => onMake(order)}
            data-testid="order-make"
          >
            {t('makeOne')}
          </Button>
        </>
      }
    >
      <div className={own.order}>
        <div className={own.parts}>
          <h4>{t('documents')}</h4>
          <div className={own.partList}>
            {documents.map((p) => (
              <PartBox key={p} part={p} order={order} onToggle={() => setOrder(toggled(order, p))} />
            ))}
          </div>
          <h4>{t('gis')}</h4>
          <div className={own.partPairs}>
            {gisFormats.map((p) => (
              <PartBox key={p} part={p} order={order} onToggle={() => setOrder(toggled(order, p))} />
            ))}
          </div>
        </div>
        <div className={own.settings}>
          {text('title', t('projectTitle'), titleOtherwise, 100)}
          {text('author', t('author'), t('authorAs'), 100)}
          <div className={own.pair}>
            {text('reviewer', t('reviewer'), '', 50)}
            {text('period', t('period'), t('periodAs'), 50)}
          </div>
          {asks.paper(order) && (
            <div className={own.pair}>
              <div className={ui.field}>
                <span className={ui.label}>{t('paper')}</span>
                <Segments
                  label={t('paper')}
                  value={order.paper}
                  options={papers.map((p) => ({ value: p, label: p }))}
                  onChange={(paper) => set({ paper })}
                  testId="order-paper"
                />
              </div>
              <div className={own.low}>
                <Checkbox checked={order.grey} onChange={(grey) => set({ grey })} testId="order-grey">
                  {t('grey')}
                </Checkbox>
              </div>
            </div>
          )}
          {asks.crs(order) && (
            <>
              <CrsPicker value={order.crs} own={ownCrs} onChange={(crs) => set({ crs })} />
              <span className={ui.hint}>{t('crsHint')}</span>
            </>
          )}
          {asks.encoding(order) && (
            <div className={ui.field}>
              <span className={ui.label}>{t('encoding')}</span>
              <Segments
                label={t('encoding')}
                value={order.encoding}
                options={encodings.map((e) => ({ value: e, label: t(`encoding.${e}`) }))}
                onChange={(encoding) => set({ encoding })}
                testId="order-encoding"
              />
              <span className={ui.hint}>{t('encodingHint')}</span>
            </div>
          )}
          {asks.month(order) && (
            <Field label={t('month')}>
              {(id) => (
                <input
                  id={id}
                  className={ui.input}
                  value={order.month}
                  placeholder={t('monthNewest')}
                  aria-invalid={fault === 'month'}
                  onChange={(e) => set({ month: e.target.value.trim() })}
                  data-testid="order-month"
                />
              )}
            </Field>
          )}
        </div>
      </div>
    </Dialog>
  );
}

function PartBox({ part, order, onToggle }: { part: Part; order: OrderDraft; onToggle: () => void }) {
  const t = useWords(words);
  return (
    <label className={own.part}>
      <input
        type="checkbox"
        checked={order.parts.includes(part)}
        onChange={onToggle}
        data-testid={`part-${part}`}
      />
      <span>
        <strong>{t(`part.${part}`)}</strong>
        <span>{t(`about.${part}`)}</span>
      </span>
    </label>
  );
}
