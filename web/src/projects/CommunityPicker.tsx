// The communities that a project is to have: chips to take out, and a search to
// put in. What is selected on the map comes in by a click on it beforehand.
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import * as api from '../api/endpoints';
import { keys } from '../api/queries';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { IconButton } from '../ui/Button';
import ui from '../ui/ui.module.css';
import own from './projects.module.css';
import { words } from './words';

export interface Picked {
  code: string;
  name: string;
}

export function CommunityPicker({
  id,
  value,
  onChange,
}: {
  id?: string;
  value: readonly Picked[];
  onChange: (value: Picked[]) => void;
}) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const [text, setText] = useState('');
  const q = useDeferredValue(text.trim());
  const found = useQuery({
    queryKey: [...keys.communities(district), 'pick', q],
    queryFn: ({ signal }) => api.communities(district, { q, limit: 12 }, signal),
    enabled: q !== '',
    placeholderData: (before) => before,
  });
  const has = (code: string) => value.some((c) => c.code === code);
  return (
    <div className={own.finder}>
      <div className={own.picked} data-testid="picked-communities">
        {value.length === 0 && <span className={ui.hint}>{t('noCommunities')}</span>}
        {value.map((c) => (
          <span key={c.code} data-code={c.code}>
            {c.name}
            <IconButton
              icon="close"
              small
              label={t('remove', { name: c.name })}
              onClick={() => onChange(value.filter((v) => v.code !== c.code))}
            />
          </span>
        ))}
      </div>
      <input
        id={id}
        className={ui.input}
        style={{ marginTop: 6 }}
        type="search"
        value={text}
        placeholder={t('addCommunity')}
        onChange={(e) => setText(e.target.value)}
        data-testid="pick-community"
      />
      {q !== '' && found.data && (
        <div className={own.found}>
          {found.data.items.map((c) => (
            <button
              key={c.code}
              type="button"
              disabled={has(c.code)}
              onClick={() => {
                onChange([...value, { code: c.code, name: c.name }]);
                setText('');
              }}
              data-testid="pick-hit"
            >
              <span>{c.name}</span>
              <span className={ui.hint}>
                {c.subdistrict_name} · {t(c.eligibility)}
              </span>
            </button>
          ))}
          {found.data.items.length === 0 && (
            <span className={ui.hint} style={{ padding: '5px 9px' }}>
              {t('noneFound')}
            </span>
          )}
        </div>
      )}
    </div>
  );
}
