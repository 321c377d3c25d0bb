// A browser's own name, made readable. What is not known stays as it is.

const browsers: readonly [RegExp, string][] = [
  [/MicroMessenger\/(\d+)/, '微信'],
  [/DingTalk\/(\d+)/, '钉钉'],
  [/QQBrowser\/(\d+)/, 'QQ浏览器'],
  [/(?:Edg|EdgA|EdgiOS)\/(\d+)/, 'Edge'],
  [/(?:OPR|Opera)\/(\d+)/, 'Opera'],
  [/(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/(?:HeadlessChrome|Chrome|CriOS)\/(\d+)/, 'Chrome'],
  [/Version\/(\d+)[\d.]* (?:Mobile\/\S+ )?Safari/, 'Safari'],
];
const systems: readonly [RegExp, string][] = [
  [/HarmonyOS|OpenHarmony/, 'HarmonyOS'],
  [/Android/, 'Android'],
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Windows NT/, 'Windows'],
  [/Macintosh/, 'macOS'],
  [/Linux|X11/, 'Linux'],
];

/** "Chrome 130 · Windows"; a program that is no browser keeps its first word; "" where nothing is known. */
export function deviceName(agent: string): string {
  const browser = browsers.find(([is]) => is.test(agent));
  const system = systems.find(([is]) => is.test(agent))?.[1];
  const name = browser && `${browser[1]} ${browser[0].exec(agent)?.[1] ?? ''}`.trim();
  return [name, system].filter(Boolean).join(' · ') || (agent.split(' ')[0] ?? '');
}
