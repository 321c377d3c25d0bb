// Which page: sign-in, people, or the workbench. Nobody gets further than the
// sign-in page without a session.
import { Tooltip } from '@base-ui/react/tooltip';
import { lazy, Suspense, useEffect } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { useDistricts, useSession } from '../api/queries';
import { Problem } from '../api/request';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Empty, Failure } from '../ui/State';
import { Toasts } from '../ui/Toast';
import css from './frame.module.css';
import { Workbench } from './Workbench';
import { words } from './words';

const SignIn = lazy(() => import('../people/SignIn'));
const People = lazy(() => import('../people/People'));

export function App() {
  const session = useSession();
  const signedOut =
    (session.isSuccess && session.data === null) ||
    (session.error instanceof Problem && session.error.status === 401);
  return (
    <Tooltip.Provider delay={400}>
      <Suspense fallback={<Shell />}>
        <Switch>
          <Route path="/sign-in">
            <SignIn />
          </Route>
          <Route>
            {signedOut ? (
              <SignIn />
            ) : session.isError ? (
              <div className={css.page}>
                <Failure error={session.error} retry={() => void session.refetch()} />
              </div>
            ) : (
              // The workbench starts before the session has answered: the style and the
              // district are asked for at the same time, and a 401 brings the sign-in page.
              <Pages />
            )}
          </Route>
        </Switch>
      </Suspense>
      <Toasts />
    </Tooltip.Provider>
  );
}

function Pages() {
  return (
    <Switch>
      <Route path="/people/:tab?">
        <People />
      </Route>
      <Route path="/d/:district/:mode?">
        <Workbench />
      </Route>
      <Route path="/">
        <Home />
      </Route>
      <Route>
        <Redirect to="/" replace />
      </Route>
    </Switch>
  );
}

/** No district in the address: the one seen last, else the person's own, else the first. */
function Home() {
  const t = useWords(words);
  const [, go] = useLocation();
  const session = useSession();
  const districts = useDistricts();
  const last = useWorkbench((s) => s.lastDistrict);
  const own = session.data?.district;
  const list = districts.data;
  const target = list?.find((d) => d.code === last) ?? list?.find((d) => d.code === own) ?? list?.[0];
  useEffect(() => {
    if (target) go(`/d/${target.code}/registry`, { replace: true });
  }, [target, go]);
  if (districts.isError)
    return (
      <div className={css.page}>
        <Failure error={districts.error} retry={() => void districts.refetch()} />
      </div>
    );
  if (list && !target)
    return (
      <div className={css.page}>
        <Empty
          icon="data"
          title={t('noDistrict')}
          action={<Button onClick={() => void districts.refetch()}>{t('lookAgain')}</Button>}
        >
          {t('noDistrictText')}
        </Empty>
      </div>
    );
  return <Shell />;
}

function Shell() {
  return (
    <div className="shell">
      <i />
      <i />
      <i />
      <i />
    </div>
  );
}
