import { type FormEvent, useState } from 'react';
import * as api from '../api/endpoints';
import type { Account, Role } from '../api/nouns';
import { useDistricts, useSubdistricts, useZones } from '../api/queries';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Checkbox, Field } from '../ui/Field';
import { Select } from '../ui/Select';
import { Notice, useSentence } from '../ui/State';
import ui from '../ui/ui.module.css';
import css from './people.module.css';
import { words } from './words';

const roles: readonly Role[] = ['planner', 'officer', 'contractor', 'viewer', 'administrator'];

export function NewAccount({ onClose, onMade }: { onClose: () => void; onMade: (account: Account) => void }) {
  const t = useWords(words);
  const sentence = useSentence();
  const last = useWorkbench((s) => s.lastDistrict);
  const districts = useDistricts();
  const [name, setName] = useState('');
  const [displayName, setDisplayName] = useState('');
  const [role, setRole] = useState<Role>('planner');
  const [district, setDistrict] = useState(last ?? '');
  const [parts, setParts] = useState<readonly string[]>([]);
  const [zones, setZones] = useState<readonly string[]>([]);
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const code = district || districts.data?.[0]?.code || '';
  const subdistricts = useSubdistricts(role === 'officer' ? code : '');
  const zoneList = useZones(role === 'contractor' ? code : '', null);
  const toggle = (list: readonly string[], key: string, on: boolean) =>
    on ? [...list, key] : list.filter((k) => k !== key);

  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if (!/^\S{2,64}$/.test(name.trim())) return setFault(t('nameRule'));
    if (role === 'officer' && parts.length === 0) return setFault(t('chooseSub'));
    if (role === 'contractor' && zones.length === 0) return setFault(t('chooseZone'));
    setBusy(true);
    setFault(null);
    try {
      onMade(
        await api.createAccount({
          name: name.trim(),
          display_name: displayName.trim() || undefined,
          role,
          district: role === 'administrator' ? undefined : code,
          subdistricts: role === 'officer' ? [...parts] : undefined,
          zones: role === 'contractor' ? [...zones] : undefined,
        }),
      );
    } catch (error) {
      setFault(sentence(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('create')}
      width={480}
      testId="account-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" form="new-account" tone="primary" disabled={busy} data-testid="account-save">
            {t('create')}
          </Button>
        </>
      }
    >
      <form id="new-account" onSubmit={(e) => void submit(e)} style={{ display: 'grid', gap: 12 }}>
        <div style={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 10, alignItems: 'start' }}>
          <Field label={t('name')} hint={t('nameRule')}>
            {(id) => (
              <input
                id={id}
                className={ui.input}
                value={name}
                autoComplete="off"
                onChange={(e) => setName(e.target.value)}
                data-testid="account-name"
              />
            )}
          </Field>
          <Field label={t('displayName')}>
            {(id) => (
              <input
                id={id}
                className={ui.input}
                value={displayName}
                autoComplete="off"
                onChange={(e) => setDisplayName(e.target.value)}
                data-testid="account-display-name"
              />
            )}
          </Field>
        </div>
        <div className={ui.field}>
          <span className={ui.label}>{t('role')}</span>
          <div className={css.roles}>
            {roles.map((r) => (
              <label key={r} className={css.role}>
                <input
                  type="radio"
                  name="role"
                  checked={role === r}
                  onChange={() => setRole(r)}
                  data-testid={`account-role-${r}`}
                />
                {t(`role.${r}`)}
                <span>{t(`about.${r}`)}</span>
              </label>
            ))}
          </div>
        </div>
        {role !== 'administrator' && (
          <Field label={t('district')}>
            {(id) => (
              <Select
                id={id}
                label={t('district')}
                value={code}
                onChange={(next) => {
                  setDistrict(next);
                  setParts([]);
                  setZones([]);
                }}
                options={(districts.data ?? []).map((d) => ({ value: d.code, label: d.name }))}
                testId="account-district"
              />
            )}
          </Field>
        )}
        {role === 'officer' && (
          <div className={ui.field}>
            <span className={ui.label}>{t('subdistricts')}</span>
            <div className={css.scopes}>
              {(subdistricts.data ?? []).map((s) => (
                <Checkbox
                  key={s.code}
                  checked={parts.includes(s.code)}
                  onChange={(on) => setParts(toggle(parts, s.code, on))}
                  testId={`account-sub-${s.code}`}
                >
                  {s.name}
                </Checkbox>
              ))}
            </div>
          </div>
        )}
        {role === 'contractor' && (
          <div className={ui.field}>
            <span className={ui.label}>{t('zones')}</span>
            <div className={css.scopes}>
              {zoneList.data?.length === 0 && <p className={ui.hint}>{t('noZones')}</p>}
              {(zoneList.data ?? []).map((z) => (
                <Checkbox
                  key={z.code}
                  checked={zones.includes(z.code)}
                  onChange={(on) => setZones(toggle(zones, z.code, on))}
                >
                  {z.name}
                </Checkbox>
              ))}
            </div>
          </div>
        )}
        {fault && <Notice tone="bad">{fault}</Notice>}
      </form>
    </Dialog>
  );
}
