// The page that shows a baked archive: beside it on a static web server, or opened from a
// disk. It asks for nothing but that archive.
import './early';
import '../ui/tokens.css';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { useWorkbench } from '../state/workbench';
import { Toasts } from '../ui/Toast';
import { Viewer } from './Viewer';

function applyPreferences(): void {
  const { theme, language } = useWorkbench.getState();
  document.documentElement.dataset.theme = theme;
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
}
applyPreferences();
useWorkbench.subscribe(applyPreferences);

/** The archive that the page was written for, where there is one. */
const beside = document.querySelector<HTMLMetaElement>('meta[name="lianpian-archive"]')?.content || null;

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      {/* As in the app: what style elements would say stands in tokens.css. */}
      <CSPProvider disableStyleElements>
        <Viewer beside={beside} />
        <Toasts />
      </CSPProvider>
    </StrictMode>,
  );
}
