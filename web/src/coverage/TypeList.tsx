import { useState } from 'react';
import type { FacilityType } from '../api/nouns';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import ui from '../ui/ui.module.css';
import own from './coverage.module.css';
import { words } from './words';

/** The facility types that lie somewhere, each with its radius; typing narrows the list. */
export function TypeList({
  types,
  value,
  onChange,
}: {
  types: readonly FacilityType[];
  value: string;
  onChange: (key: string) => void;
}) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const [q, setQ] = useState('');
  const name = (f: FacilityType) => (language === 'en' ? f.name_en : f.name) || f.name;
  const needle = q.trim().toLowerCase();
  const shown = types.filter(
    (f) =>
      !needle ||
      f.name.includes(needle) ||
      f.name_en.toLowerCase().includes(needle) ||
      f.key.includes(needle),
  );
  return (
    <div style={{ display: 'grid', gap: 4 }}>
      <input
        className={ui.input}
        type="search"
        placeholder={t('find')}
        aria-label={t('find')}
        value={q}
        onChange={(e) => setQ(e.target.value)}
        data-testid="facility-type-filter"
      />
      <div className={own.types} role="listbox" aria-label={t('type')}>
        {shown.map((f) => (
          <button
            key={f.key}
            type="button"
            role="option"
            aria-selected={f.key === value}
            onClick={() => onChange(f.key)}
            data-testid={`facility-type-${f.key}`}
            ref={(el) => {
              if (el && f.key === value && !needle) {
                const box = el.parentElement;
                if (box && box.scrollTop === 0 && el.offsetTop - box.offsetTop > box.clientHeight)
                  box.scrollTop = el.offsetTop - box.offsetTop - 60;
              }
            }}
          >
            <span>{name(f)}</span>
            <span>
              {`tier.${f.tier}` in words ? t(`tier.${f.tier}` as keyof typeof words) : f.tier}
              {f.standard?.radius_m ? ` · ${f.standard.radius_m} m` : ''}
            </span>
          </button>
        ))}
      </div>
    </div>
  );
}
