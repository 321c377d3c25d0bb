// A part of the board with its name.
import type { ReactNode } from 'react';
import own from './dashboard.module.css';

export function Card({
  area,
  name,
  aside,
  children,
}: {
  area: string;
  name: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={own.card} style={{ gridArea: area }} data-testid={`board-${area}`}>
      <h3>
        {name}
        {aside}
      </h3>
      <div className={own.cardBody}>{children}</div>
    </section>
  );
}

/** A bar with a part of it filled; over one it is full. */
export function Bar({ part, tone = 'plain' }: { part: number | null; tone?: 'plain' | 'ok' | 'bad' }) {
  return (
    <span className={own.bar} data-tone={tone} aria-hidden="true">
      <i style={{ width: `${100 * Math.min(1, Math.max(0, part ?? 0))}%` }} />
    </span>
  );
}
