// The plan's bodies and the accounts that do their work: who may do what, and how far.
import { type Duties, useDuties } from '../api/dashboard';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Icon } from '../ui/icons';
import { Failure, Waiting } from '../ui/State';
import own from './dashboard.module.css';
import { words } from './words';

export function DutiesView() {
  const district = useWorkbench((s) => s.district);
  const duties = useDuties(district);
  if (duties.isError) return <Failure error={duties.error} retry={() => void duties.refetch()} />;
  if (!duties.data) return <Waiting rows={9} />;
  return (
    <div className={own.duties} data-testid="duties">
      <Bodies duties={duties.data} />
      <Rights duties={duties.data} />
    </div>
  );
}

type Key = keyof typeof words;
const known = (key: string): key is Key => key in words;

function Bodies({ duties: d }: { duties: Duties }) {
  const t = useWords(words);
  const said = (key: string, otherwise: string) => (known(key) ? t(key) : otherwise);
  return (
    <section>
      <h3>
        {t('bodies')} <small>{t('by', { plan: d.policy.short_title, no: d.policy.document_no })}</small>
      </h3>
      <table className={own.table}>
        <thead>
          <tr>
            <th>{t('body')}</th>
            <th>{t('role')}</th>
            <th>{t('reach')}</th>
            <th>{t('does')}</th>
            <th>{t('dutiesOf')}</th>
          </tr>
        </thead>
        <tbody>
          {d.bodies.map((b) => (
            <tr key={b.actor}>
              <th>
                {b.name}
                <small>{[b.clause, b.bodies?.join('、')].filter(Boolean).join(' · ')}</small>
              </th>
              <td>
                {b.role ? (
                  <>
                    {said(`role.${b.role}`, b.role)}
                    <small>
                      {t('accounts')} {b.accounts}
                    </small>
                  </>
                ) : (
                  <span className={own.note}>{t('noAccount')}</span>
                )}
              </td>
              <td>{said(`reach.${b.reach}`, b.reach)}</td>
              <td>{(b.tasks ?? []).map((task) => said(`task.${task}`, task)).join('、') || '—'}</td>
              <td>{b.duties.join('；')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Rights({ duties: d }: { duties: Duties }) {
  const t = useWords(words);
  const all = d.roles.find((r) => r.role === 'administrator')?.capabilities ?? [];
  const officer = d.roles.find((r) => r.role === 'officer');
  return (
    <section>
      <h3>{t('rights')}</h3>
      <table className={own.table}>
        <thead>
          <tr>
            <th>{t('right')}</th>
            {d.roles.map((r) => (
              <th key={r.role}>
                {t(`role.${r.role}`)} <small>{r.accounts}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {all.map((c) => (
            <tr key={c}>
              <th>{known(`can.${c}`) ? t(`can.${c}` as Key) : c}</th>
              {d.roles.map((r) => (
                <td key={r.role}>{r.capabilities.includes(c) && <Icon name="check" size={14} />}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {officer && officer.subdistricts.length > 0 && (
        <>
          <h3>{t('subdistrictAccounts')}</h3>
          <ul className={own.officers}>
            {officer.subdistricts.map((s) => (
              <li key={s.code} className={s.accounts ? undefined : own.bad}>
                {s.name} <b>{s.accounts || t('noOfficer')}</b>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
