import { lazy } from 'react';
import { Link, useParams } from 'wouter';
import { useSession } from '../api/queries';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Logo } from '../ui/icons';
import { Empty, Waiting } from '../ui/State';
import { may } from './capability';
import { OwnAccount } from './OwnAccount';
import css from './people.module.css';
import { words } from './words';

const Accounts = lazy(() => import('./Accounts'));
const Audit = lazy(() => import('./Audit'));

/** People and audit trail for administrators; everyone's own account. */
export default function People() {
  const t = useWords(words);
  const { tab = 'own' } = useParams();
  const session = useSession();
  const district = useWorkbench((s) => s.lastDistrict);
  const admin = may(session.data, 'manage.accounts');
  const auditor = may(session.data, 'read.audit');
  const back = district ? `/d/${district}/registry` : '/';
  const tabs: [string, string, boolean][] = [
    ['accounts', t('accounts'), admin],
    ['audit', t('audit'), auditor],
    ['own', t('own'), true],
  ];
  return (
    <div className={css.page}>
      <header className={css.bar}>
        <Link href={back} style={{ display: 'flex' }} aria-label={t('back')}>
          <Logo />
        </Link>
        <nav>
          {tabs
            .filter(([, , shown]) => shown)
            .map(([key, label]) => (
              <Link
                key={key}
                href={`/people/${key}`}
                aria-current={tab === key ? 'page' : undefined}
                data-testid={`people-${key}`}
              >
                {label}
              </Link>
            ))}
        </nav>
        <span style={{ flex: 1 }} />
        <Link href={back} data-testid="back-to-map">
          {t('back')}
        </Link>
      </header>
      <div className={css.body}>
        {!session.data ? (
          <Waiting />
        ) : tab === 'own' ? (
          <OwnAccount person={session.data} />
        ) : tab === 'accounts' && admin ? (
          <Accounts />
        ) : tab === 'audit' && auditor ? (
          <Audit />
        ) : (
          <Empty icon="user" title={t('notAdmin')} />
        )}
      </div>
    </div>
  );
}
