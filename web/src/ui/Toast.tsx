// Short messages at the foot of the window; errors stay longer.
import { create } from 'zustand';
import { useWords } from '../language';
import { Icon } from './icons';
import css from './ui.module.css';
import { words } from './words';

interface Message {
  id: number;
  text: string;
  bad: boolean;
  action?: { label: string; run: () => void };
}
interface Messages {
  list: Message[];
  say: (text: string, options?: { bad?: boolean; action?: Message['action'] }) => void;
  drop: (id: number) => void;
}
let next = 1;
export const useMessages = create<Messages>()((set, get) => ({
  list: [],
  say: (text, options) => {
    const id = next++;
    const bad = options?.bad ?? false;
    set((s) => ({ list: [...s.list.slice(-2), { id, text, bad, action: options?.action }] }));
    setTimeout(() => get().drop(id), bad ? 9000 : 5000);
  },
  drop: (id) => set((s) => ({ list: s.list.filter((m) => m.id !== id) })),
}));
export const say: Messages['say'] = (text, options) => useMessages.getState().say(text, options);

export function Toasts() {
  const t = useWords(words);
  const { list, drop } = useMessages();
  return (
    <div className={css.toasts} aria-live="polite">
      {list.map((m) => (
        <div
          key={m.id}
          className={[css.toast, m.bad && css.toastBad].filter(Boolean).join(' ')}
          data-testid="toast"
        >
          <span>{m.text}</span>
          {m.action && (
            <button
              type="button"
              className={css.toastAction}
              onClick={() => {
                m.action?.run();
                drop(m.id);
              }}
            >
              {m.action.label}
            </button>
          )}
          <button
            type="button"
            className={`${css.button} ${css.icon} ${css.small}`}
            aria-label={t('close')}
            onClick={() => drop(m.id)}
            style={{ background: 'transparent' }}
          >
            <Icon name="close" size={12} />
          </button>
        </div>
      ))}
    </div>
  );
}
