import { Component, type ReactNode } from 'react';
import { useWords } from '../language';
import { Button } from './Button';
import { Icon } from './icons';
import css from './ui.module.css';
import { words } from './words';

/** Keeps a part that could not be loaded or drawn from taking the rest of the page with it. */
export class Boundary extends Component<{ name: string; children: ReactNode }, { failed: string | null }> {
  override state: { failed: string | null } = { failed: null };
  static getDerivedStateFromError(error: unknown) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
  override componentDidUpdate(before: { name: string }) {
    if (before.name !== this.props.name && this.state.failed !== null) this.setState({ failed: null });
  }
  override render() {
    return this.state.failed === null ? this.props.children : <Broken detail={this.state.failed} />;
  }
}

function Broken({ detail }: { detail: string }) {
  const t = useWords(words);
  return (
    <div className={css.state} role="alert" data-testid="broken" title={detail}>
      <Icon name="warning" size={26} strokeWidth={1} />
      <strong>{t('broken')}</strong>
      <p>{t('brokenText')}</p>
      <Button icon="refresh" small onClick={() => location.reload()}>
        {t('reload')}
      </Button>
    </div>
  );
}
