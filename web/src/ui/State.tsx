// What a panel shows when it has nothing to show: waiting, empty, failed, offline.
import type { ReactNode } from 'react';
import { Problem } from '../api/request';
import { useWords } from '../language';
import { Button } from './Button';
import { Icon, type IconName } from './icons';
import css from './ui.module.css';
import { words } from './words';

export function Empty({
  icon,
  title,
  children,
  action,
}: {
  icon: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={css.state} data-testid="empty">
      <Icon name={icon} size={26} strokeWidth={1} />
      <strong>{title}</strong>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

export function Waiting({ rows = 4 }: { rows?: number }) {
  const t = useWords(words);
  return (
    <div role="status" aria-label={t('loading')} style={{ display: 'grid', gap: 12, padding: 14 }}>
      {Array.from({ length: rows }, (_, i) => (
        <div
          key={`row-${i.toString()}`}
          className={css.skeleton}
          style={{ width: `${92 - ((i * 23) % 48)}%` }}
        />
      ))}
    </div>
  );
}

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useWords(words);
  const problem = error instanceof Problem ? error : null;
  const offline = problem?.offline ?? false;
  const [icon, title, text]: [IconName, string, string] = offline
    ? ['offline', t('offlineTitle'), t('offlineText')]
    : problem?.status === 403
      ? ['info', t('forbidden'), problem.detail || t('forbiddenText')]
      : problem?.status === 404
        ? ['search', t('missing'), t('missingText')]
        : ['warning', t('failed'), problem?.detail || t('serverFault')];
  return (
    <div className={css.state} role="alert" data-testid="failure">
      <Icon name={icon} size={26} strokeWidth={1} />
      <strong>{title}</strong>
      <p>{text}</p>
      {retry && problem?.status !== 403 && problem?.status !== 404 && (
        <Button icon="refresh" small onClick={retry}>
          {t('retry')}
        </Button>
      )}
    </div>
  );
}

/** The sentence for an error, wherever one line has to do. */
export function useSentence(): (error: unknown) => string {
  const t = useWords(words);
  return (error) => {
    if (error instanceof Problem) {
      if (error.offline) return t('offlineTitle');
      const first = error.errors[0]?.message;
      return error.detail || first || error.title || t('serverFault');
    }
    return t('serverFault');
  };
}

export function Notice({
  tone = 'plain',
  icon = 'info',
  children,
}: {
  tone?: 'plain' | 'warn' | 'bad';
  icon?: IconName;
  children: ReactNode;
}) {
  return (
    <div
      className={[css.notice, tone === 'warn' && css.noticeWarn, tone === 'bad' && css.noticeBad]
        .filter(Boolean)
        .join(' ')}
      role={tone === 'bad' ? 'alert' : undefined}
    >
      <Icon name={tone === 'plain' ? icon : 'warning'} size={14} />
      <div>{children}</div>
    </div>
  );
}

/** The mark on every figure that was made up for the demo district. */
export function DemoMark() {
  const t = useWords(words);
  return (
    <span className={css.demo} data-testid="demo-mark">
      {t('demo')}
    </span>
  );
}
