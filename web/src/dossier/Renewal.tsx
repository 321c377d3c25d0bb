// What is renovated and who pays, of the projects that the community is or was in.
import type { CommunityFile, FileProject } from '../api/dossiers';
import { useWords } from '../language';
import { count } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { DemoMark, Empty } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './dossier.module.css';
import { words } from './words';

const wan = (yuan: number) => (yuan / 10_000).toLocaleString('zh-CN', { maximumFractionDigits: 2 });

export function Renewal({ file }: { file: CommunityFile }) {
  const t = useWords(words);
  if (file.projects.length === 0)
    return (
      <Empty icon="program" title={t('noProject')}>
        {t('noProjectText')}
      </Empty>
    );
  return (
    <>
      {file.projects.map((p) => (
        <section key={p.code} className={own.block} data-testid="file-project">
          <ProjectHead project={p} part="works" />
          <Money project={p} />
          {p.items.length === 0 ? (
            <p className={ui.hint}>{t('noItems')}</p>
          ) : (
            <table className={own.table}>
              <thead>
                <tr>
                  <th style={{ width: 44 }}>{t('no')}</th>
                  <th>{t('items')}</th>
                  <th>{t('result')}</th>
                  <th className={own.number}>{t('quantity')}</th>
                  <th className={own.number}>{t('amount')}</th>
                  <th style={{ width: 110 }} />
                </tr>
              </thead>
              <tbody>
                {p.items.map((w) => (
                  <tr key={`${w.no}-${w.here}`}>
                    <td className={own.quiet}>{w.no}</td>
                    <td>{w.name}</td>
                    <td>
                      {t(`answer.${w.answer}`)}
                      {w.reason && <div className={ui.hint}>{w.reason}</div>}
                    </td>
                    <td className={own.number}>
                      {w.quantity === null ? '—' : `${count(w.quantity)} ${w.unit}`}
                    </td>
                    <td className={own.number}>{count(w.amount_yuan)}</td>
                    <td className={own.quiet}>{t(w.here ? 'thisCommunity' : 'wholeProject')}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </section>
      ))}
    </>
  );
}

export function ProjectHead({ project: p, part }: { project: FileProject; part: string }) {
  const t = useWords(words);
  const openSheet = useWorkbench((s) => s.openSheet);
  return (
    <div className={own.blockHead}>
      <h3>{p.name}</h3>
      <span className={ui.hint}>
        {[
          p.code,
          t(`library.${p.library}`),
          t(`state.${p.state}`),
          p.phase ? t(`phase.${p.phase}`) : '',
          p.year ?? '',
        ]
          .filter(Boolean)
          .join(' · ')}
      </span>
      {p.generated.length > 0 && <DemoMark />}
      <Button
        small
        icon="right"
        onClick={() => openSheet({ kind: 'project', code: p.code, part })}
        data-testid="open-project"
      >
        {t('openProject')}
      </Button>
    </div>
  );
}

function Money({ project: p }: { project: FileProject }) {
  const t = useWords(words);
  const sums: [string, string][] = [
    [
      t('estimated'),
      p.estimated_wan === null ? '—' : t('wan', { n: p.estimated_wan.toLocaleString('zh-CN') }),
    ],
    [t('cost'), t('wan', { n: wan(p.cost_yuan) })],
    [t('sharedSum'), t('wan', { n: wan(p.shared_yuan) })],
    [t('funded'), t('wan', { n: wan(p.funded_yuan) })],
  ];
  return (
    <>
      <div className={own.sums}>
        {sums.map(([name, value]) => (
          <div key={name}>
            <span>{name}</span>
            <strong>{value}</strong>
          </div>
        ))}
      </div>
      {p.shares.length > 0 && (
        <p className={ui.hint}>
          {p.shares
            .map((s) => `${t(`source.${s.source}`)} ${t('wan', { n: wan(s.amount_yuan) })}`)
            .join('，')}
        </p>
      )}
    </>
  );
}
