import { useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import * as api from '../api/endpoints';
import { keys, useDistrict, useDistricts, useSession } from '../api/queries';
import { useWords } from '../language';
import { may } from '../people/capability';
import { ScenarioSwitch } from '../scenarios/ScenarioSwitch';
import { useSteps } from '../state/undo';
import { useWorkbench } from '../state/workbench';
import { IconButton } from '../ui/Button';
import { Icon, Logo } from '../ui/icons';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../ui/Menu';
import { say } from '../ui/Toast';
import css from './frame.module.css';
import { SearchBox } from './SearchBox';
import { useUndo } from './useUndo';
import { words } from './words';

export function TopBar({ onShortcuts }: { onShortcuts: () => void }) {
  const t = useWords(words);
  const { past, future, stepper } = useSteps();
  const { undo, redo } = useUndo();
  const canUndo = stepper ? stepper.canUndo : past.length > 0;
  const canRedo = stepper ? stepper.canRedo : future.length > 0;
  const lastDone = stepper ? undefined : past.at(-1)?.label;
  const lastUndone = stepper ? undefined : future.at(-1)?.label;
  return (
    <header className={css.top}>
      <a className={css.brand} href="/" aria-label="连片">
        <Logo />
        <span>连片</span>
      </a>
      <DistrictSwitch />
      <ScenarioSwitch />
      <SearchBox />
      <div className={css.topTools}>
        <IconButton
          icon="undo"
          label={lastDone ? t('undoOf', { what: lastDone }) : t('undo')}
          keys="Ctrl+Z"
          disabled={!canUndo}
          onClick={undo}
          data-testid="undo"
        />
        <IconButton
          icon="redo"
          label={lastUndone ? t('redoOf', { what: lastUndone }) : t('redo')}
          keys="Ctrl+Shift+Z"
          disabled={!canRedo}
          onClick={redo}
          data-testid="redo"
        />
        <span className={css.rule} />
        <IconButton
          icon="share"
          label={t('share')}
          data-testid="share"
          onClick={() => {
            void copy(location.href);
            say(t('shared'));
          }}
        />
        <IconButton
          icon="question"
          label={t('shortcuts')}
          keys="?"
          onClick={onShortcuts}
          data-testid="shortcuts"
        />
        <AccountMenu />
      </div>
    </header>
  );
}

function DistrictSwitch() {
  const t = useWords(words);
  const code = useWorkbench((s) => s.district);
  const open = useWorkbench((s) => s.open);
  const current = useDistrict(code);
  const districts = useDistricts();
  return (
    <Menu
      align="start"
      trigger={
        <button type="button" className={css.district} data-testid="district-switch" title={t('district')}>
          <span className={css.districtName}>{current.data?.name ?? '…'}</span>
          {current.data?.demo && !current.data.name.includes('演示') && (
            <span className={css.demoTag}>{t('demoDistrict')}</span>
          )}
          <Icon name="down" size={13} />
        </button>
      }
    >
      {(districts.data ?? []).map((d) => (
        <MenuItem
          key={d.code}
          onSelect={() => {
            if (d.code !== code) open({ district: d.code });
          }}
          ticked={d.code === code}
          detail={d.code === code ? undefined : d.code}
          testId={`district-${d.code}`}
        >
          {d.name}
        </MenuItem>
      ))}
    </Menu>
  );
}

function AccountMenu() {
  const t = useWords(words);
  const session = useSession();
  const client = useQueryClient();
  const [, go] = useLocation();
  const { theme, language, setTheme, setLanguage } = useWorkbench();
  const person = session.data;
  return (
    <Menu
      trigger={
        <button type="button" className={css.account} data-testid="account-menu" title={t('account')}>
          <Icon name="user" />
          <span>{person?.display_name || person?.name || ''}</span>
          <Icon name="down" size={13} />
        </button>
      }
    >
      {person && (
        <MenuLabel>
          {person.name} · {t(`role.${person.role}`)}
        </MenuLabel>
      )}
      <MenuItem
        icon={theme === 'dark' ? 'sun' : 'moon'}
        onSelect={() => setTheme(theme === 'dark' ? 'light' : 'dark')}
        testId="menu-theme"
      >
        {theme === 'dark' ? t('light') : t('dark')}
      </MenuItem>
      <MenuItem
        icon="file"
        onSelect={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
        testId="menu-language"
      >
        {language === 'zh' ? 'English' : '中文'}
      </MenuItem>
      <MenuLine />
      {may(person, 'manage.accounts') && (
        <MenuItem icon="user" onSelect={() => go('/people/accounts')} testId="menu-accounts">
          {t('people')}
        </MenuItem>
      )}
      {may(person, 'read.audit') && (
        <MenuItem icon="clock" onSelect={() => go('/people/audit')} testId="menu-audit">
          {t('audit')}
        </MenuItem>
      )}
      <MenuItem icon="pencil" onSelect={() => go('/people/password')} testId="menu-password">
        {t('password')}
      </MenuItem>
      <MenuLine />
      <MenuItem
        icon="right"
        testId="menu-sign-out"
        onSelect={() => {
          const onward = person?.sign_out_url;
          void api.signOut().finally(() => {
            if (onward) location.assign(onward);
            client.clear();
            client.setQueryData(keys.session, null);
            go('/sign-in');
          });
        }}
      >
        {t('signOut')}
      </MenuItem>
    </Menu>
  );
}

/** Clipboard where the page may use it; on plain-HTTP intranets the old way. */
async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}
