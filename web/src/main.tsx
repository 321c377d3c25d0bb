import './ui/tokens.css';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { watchConnection } from './api/connection';
import { keys, retry } from './api/queries';
import { Problem, speak, whenSignedOut } from './api/request';
import { App } from './frame/App';
import { useWorkbench } from './state/workbench';

const connection = watchConnection({
  changed: (online) => useWorkbench.getState().setOnline(online),
  back: () => void client.invalidateQueries(),
});
const client = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (error instanceof Problem && error.offline) connection.suspect();
    },
  }),
  defaultOptions: {
    // The browser's idea of being online says nothing about a server on the intranet: always ask.
    queries: { retry, staleTime: 15_000, refetchOnWindowFocus: false, networkMode: 'always' },
    mutations: { retry: false, networkMode: 'always' },
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
      {/* The content policy knows no style elements; what they would say stands in tokens.css. */}
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={client}>
          <App />
        </QueryClientProvider>
      </CSPProvider>
    </StrictMode>,
  );
}
