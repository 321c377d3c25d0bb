// What has to be answered at a step; where something is proposed, one click takes it.
import type { Diagnosis, OpenQuestion } from '../api/inspections';
import { useWords } from '../language';
import { Button } from '../ui/Button';
import { Icon } from '../ui/icons';
import { accepted } from './decisions';
import own from './inspections.module.css';
import type { Deciding } from './useDecide';
import { words } from './words';

export function Questions({
  questions,
  diagnosis,
  deciding,
  onLayer,
}: {
  questions: readonly OpenQuestion[];
  diagnosis: Diagnosis;
  deciding: Deciding;
  onLayer: (layer: string) => void;
}) {
  const t = useWords(words);
  const layers = diagnosis.layers ?? [];
  return (
    <ul className={own.questions} data-testid="questions">
      {questions.map((q) => (
        <li key={`${q.kind} ${q.layer}`} data-testid={`question-${q.kind}`}>
          <Icon name="question" size={15} />
          <span>
            {q.text}
            {layers.length > 1 && q.layer && (
              <button type="button" className={own.inline} onClick={() => onLayer(q.layer)}>
                {q.layer}
              </button>
            )}
          </span>
          {accepted({}, q, layers) && (
            <Button
              small
              tone="primary"
              disabled={deciding.busy}
              onClick={() => deciding.change((d) => accepted(d, q, layers) ?? d)}
              data-testid={`accept-${q.kind}`}
            >
              {t('acceptAs')}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
