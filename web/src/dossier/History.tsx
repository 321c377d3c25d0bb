// What was done to a community, its file, its survey and its projects.
import type { CommunityFile } from '../api/dossiers';
import { useWords } from '../language';
import { moment } from '../language/format';
import { fields } from '../registry/fields';
import { words as registryWords } from '../registry/words';
import { Empty } from '../ui/State';
import own from './dossier.module.css';
import { words } from './words';

export function History({ file }: { file: CommunityFile }) {
  const t = useWords(words);
  const r = useWords(registryWords);
  if (file.history.length === 0) return <Empty icon="history" title={t('noHistory')} />;
  const said = (action: string, entity: string) => {
    if (`action.${action}` in words) return t(`action.${action}` as keyof typeof words);
    if (`entity.${entity}` in words) return t(`entity.${entity}` as keyof typeof words);
    return action;
  };
  const name = (field: string) => {
    const def = fields.find((f) => f.key === field);
    return def ? r(def.label) : (file.facts.find((f) => f.field === field)?.name ?? field);
  };
  return (
    <table className={own.table} data-testid="history">
      <thead>
        <tr>
          <th style={{ width: 150 }}>{t('when')}</th>
          <th style={{ width: 130 }}>{t('who')}</th>
          <th style={{ width: 220 }}>{t('what')}</th>
          <th>{t('changed')}</th>
        </tr>
      </thead>
      <tbody>
        {file.history.map((e, i) => (
          <tr key={`${e.at}-${i.toString()}`}>
            <td className={own.quiet}>{moment(e.at)}</td>
            <td>{e.person}</td>
            <td>{said(e.action, e.entity)}</td>
            <td className={own.quiet}>
              {e.fields.map(name).join('、') || (e.code === file.community.code ? '' : e.code)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
