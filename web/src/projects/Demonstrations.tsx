// The demonstration projects that the plan asks for, place by place.
import { useOverview } from '../api/projects';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import own from './projects.module.css';
import { words } from './words';

export function Demonstrations() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const select = useWorkbench((s) => s.select);
  const list = useOverview(district).data?.demonstrations ?? [];
  const [first] = list;
  if (!first) return null;
  return (
    <section className={own.tally} data-testid="demonstrations">
      <h3>{t('demonstrations')}</h3>
      <p className={own.clause}>
        {first.clause} {first.text}
      </p>
      {list.map((d) => (
        <div key={`${d.place} ${d.by}`}>
          <span>{d.place}</span>
          <span>
            {d.projects.length === 0 ? (
              <span className={own.warn}>{t('missing')}</span>
            ) : (
              d.projects.map((code) => (
                <button
                  key={code}
                  type="button"
                  className={own.plainLink}
                  onClick={() => select({ kind: 'project', code })}
                >
                  {code}
                </button>
              ))
            )}
          </span>
        </div>
      ))}
    </section>
  );
}
