import './ui/tokens.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { keys, retry } from './api/queries';
import { speak, whenSignedOut } from './api/request';
import { App } from './frame/App';
import { useWorkbench } from './state/workbench';

const client = new QueryClient({
  defaultOptions: {
    queries: { retry, staleTime: 15_000, refetchOnWindowFocus: false },
    mutations: { retry: false },
  },
});
whenSignedOut(() => client.setQueryData(keys.session, null));

function applyPreferences(): void {
  const { theme, language } = useWorkbench.getState();
  document.documentElement.dataset.theme = theme;
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  speak(language === 'zh' ? 'zh-CN' : 'en');
}
applyPreferences();
useWorkbench.subscribe(applyPreferences);

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}
