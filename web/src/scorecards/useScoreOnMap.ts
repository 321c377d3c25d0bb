// Communities on the map in the colours of their scores, and what the colours
// mean; gone when the panel goes.
import { useEffect, useMemo } from 'react';
import type { Scorecard } from '../api/nouns';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { TINT_OPACITY } from '../map/overlays';
import { classLabels, colourOf, colours, UNKNOWN } from './ramp';
import { scored } from './rows';
import { words } from './words';

const onGround = (colour: string) =>
  `color-mix(in srgb, ${colour} ${Math.round(TINT_OPACITY * 100)}%, transparent)`;

export function useScoreOnMap(card: Scorecard | undefined): void {
  const t = useWords(words);
  const controller = useControl((s) => s.controller);
  const tint = useMemo(
    () => new Map(card?.communities.map((c) => [c.code, colourOf(scored(c) ? c.score : null)])),
    [card],
  );
  const any = tint.size > 0;
  useEffect(() => {
    if (!any) return;
    controller?.setTint(tint);
    return () => {
      // The map may be gone already, with everything on it.
      if (useControl.getState().controller === controller) controller?.setTint(new Map());
    };
  }, [controller, tint, any]);
  const unknown = card?.communities.some((c) => !scored(c)) ?? false;
  useEffect(() => {
    if (!any) return;
    useControl.getState().setNote('score', {
      title: t('legend'),
      rows: [
        ...classLabels().map((label, i) => ({
          label,
          shape: 'fill' as const,
          colours: [onGround(colours[i] ?? UNKNOWN)],
        })),
        ...(unknown
          ? [{ label: t('legendNone'), shape: 'fill' as const, colours: [onGround(UNKNOWN)] }]
          : []),
      ],
    });
    return () => useControl.getState().setNote('score', null);
  }, [any, unknown, t]);
}
