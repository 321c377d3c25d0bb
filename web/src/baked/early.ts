// Before anything reads the preferences: without any, the page is as bright as the machine's.
window.lianpianEarly = {
  session: null,
  district: null,
  theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light',
  style: null,
};
