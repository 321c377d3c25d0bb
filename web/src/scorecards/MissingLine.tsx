// One line in the totals: the services that a zone lacks, by the method of the
// section below.

import { useTypeName } from '../coverage/useTypeName';
import { useWords } from '../language';
import { count } from '../language/format';
import own from './scorecards.module.css';
import { useServiceMethod } from './serviceMethod';
import { useServicesHere } from './useServicesHere';
import { words } from './words';

const FIRST = 3;

export default function MissingLine({ kind, code }: { kind: 'zone' | 'community'; code: string }) {
  const t = useWords(words);
  const typeName = useTypeName();
  const method = useServiceMethod((s) => s.method);
  const missing = useServicesHere(kind, code).services.data?.types.filter((s) => s.uncovered > 0) ?? [];
  if (missing.length === 0) return null;
  return (
    <p className={own.missing} data-testid="missing-services">
      <strong>{t('missing')}</strong>（{t(`method.${method}`)}）：
      {missing
        .slice(0, FIRST)
        .map((s) => t('missingOne', { name: typeName(s), n: count(s.uncovered) }))
        .join('、')}
      {missing.length > FIRST && t('missingMore', { n: missing.length - FIRST })}
    </p>
  );
}
