// Runs before the app is read: sets the theme without a flash and asks for the
// session and the map style while the scripts are still on their way. A file of
// its own because the service's content security policy allows no inline code.
(() => {
  const stored = () => {
    try {
      return JSON.parse(localStorage.getItem('lianpian') ?? '{}').state ?? {};
    } catch {
      return {};
    }
  };
  const {
    theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light',
    lastDistrict,
    language,
  } = stored();
  document.documentElement.dataset.theme = theme;
  if (location.pathname.startsWith('/sign-in')) {
    window.lianpianEarly = { session: null, district: null, theme, style: null };
    return;
  }
  const district = /^\/d\/([0-9]+)/.exec(location.pathname)?.[1] ?? lastDistrict ?? null;
  const ask = (path) => {
    const asked = fetch(`/api/v1${path}`, {
      headers: { Accept: 'application/json', 'Accept-Language': language === 'en' ? 'en' : 'zh-CN' },
    });
    asked.catch(() => {});
    return asked;
  };
  window.lianpianEarly = {
    session: ask('/session'),
    district,
    theme,
    style: district ? ask(`/districts/${district}/style.json?theme=${theme}`) : null,
  };
})();
