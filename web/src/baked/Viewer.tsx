// The whole page: what the file is, its map, and a way to open another one.
import { type ChangeEvent, useCallback, useEffect, useRef, useState } from 'react';
import frame from '../frame/frame.module.css';
import { Layers, Pointer, Scale } from '../frame/StatusBar';
import { useWords } from '../language';
import { moment } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Icon, Logo } from '../ui/icons';
import { Empty, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import { type Archive, openAddress, openFile, type Reason, Refused } from './archive';
import { BakedMap } from './BakedMap';
import css from './baked.module.css';
import { isDrawn } from './style';
import { words } from './words';

/** `beside`: name of the archive that lies beside the page, if any. */
export function Viewer({ beside }: { beside: string | null }) {
  const t = useWords(words);
  const [archive, setArchive] = useState<Archive | null>(null);
  const [opening, setOpening] = useState<string | null>(null);
  const [refused, setRefused] = useState<{ file: string; reason: Reason } | null>(null);
  const [over, setOver] = useState(false);
  /** Counts what was asked for; only the last one is shown. */
  const asked = useRef(0);

  const open = useCallback(async (file: string, from: () => Promise<Archive>) => {
    asked.current += 1;
    const mine = asked.current;
    setOpening(file);
    setRefused(null);
    try {
      const opened = await from();
      if (mine === asked.current) setArchive(opened);
    } catch (error) {
      const reason = error instanceof Refused ? error.reason : 'broken';
      if (mine === asked.current) setRefused({ file, reason });
    } finally {
      if (mine === asked.current) setOpening(null);
    }
  }, []);
  const take = useCallback(
    (files: FileList | null | undefined) => {
      const [file] = files ?? [];
      if (file) void open(file.name, () => openFile(file));
    },
    [open],
  );

  const onDisk = location.protocol === 'file:';
  useEffect(() => {
    if (!beside || onDisk) return;
    void open(beside, () => openAddress(new URL(encodeURIComponent(beside), document.baseURI).href));
  }, [beside, onDisk, open]);

  useEffect(() => {
    const holdsFiles = (e: DragEvent) => e.dataTransfer?.types.includes('Files') ?? false;
    const onOver = (e: DragEvent) => {
      if (!holdsFiles(e)) return;
      e.preventDefault();
      setOver(true);
    };
    const onLeave = (e: DragEvent) => {
      if (!e.relatedTarget) setOver(false);
    };
    const onDrop = (e: DragEvent) => {
      if (!holdsFiles(e)) return;
      e.preventDefault();
      setOver(false);
      take(e.dataTransfer?.files);
    };
    addEventListener('dragover', onOver);
    addEventListener('dragleave', onLeave);
    addEventListener('drop', onDrop);
    return () => {
      removeEventListener('dragover', onOver);
      removeEventListener('dragleave', onLeave);
      removeEventListener('drop', onDrop);
    };
  }, [take]);

  useEffect(() => {
    document.title = archive ? `${archive.district} · 连片` : '连片';
  }, [archive]);

  return (
    <div className={css.page}>
      <Header archive={archive} take={take} />
      {refused && (
        <p className={css.refused} role="alert" data-testid="refused">
          <Icon name="warning" size={14} />
          {t(refused.reason, { file: refused.file })}
        </p>
      )}
      <main className={css.map}>
        {archive ? (
          <BakedMap
            key={archive.at.toISOString() + archive.file}
            archive={archive}
            onFault={() => say(t('tileBroken'), { bad: true })}
          />
        ) : opening ? (
          <div role="status" aria-label={t('opening', { file: opening })}>
            <Waiting rows={5} />
          </div>
        ) : (
          <Empty icon="layers" title={t('openTitle')} action={<OpenButton take={take} primary />}>
            {beside && onDisk ? t('openBeside', { file: beside }) : t('openText')}
          </Empty>
        )}
        {over && <div className={css.drop}>{t('drop')}</div>}
      </main>
      <footer className={frame.status}>
        {archive && (
          <>
            <span className={frame.statusText} data-testid="archive-file">
              {archive.file}
            </span>
            <span className={frame.statusText}>
              {t('zooms', { from: archive.minZoom, to: archive.maxZoom })}
            </span>
          </>
        )}
        <span className={frame.grow} />
        {archive && (
          <>
            <Scale />
            <Pointer />
            <Layers can={(group) => group.layers.some((l) => archive.layers.includes(l) && isDrawn(l))} />
          </>
        )}
      </footer>
    </div>
  );
}

function Header({ archive, take }: { archive: Archive | null; take: (files: FileList | null) => void }) {
  const t = useWords(words);
  const { theme, language, setTheme, setLanguage } = useWorkbench();
  return (
    <header className={frame.top}>
      <span className={frame.brand}>
        <Logo />
        <span>连片</span>
      </span>
      {archive && (
        <>
          <h1 className={css.district} title={`${t('district')} ${archive.code}`} data-testid="district">
            {archive.district}
          </h1>
          {archive.demo && <span className={frame.demoTag}>{t('demo')}</span>}
          <span className={css.at} data-testid="archive-at">
            {t('at', { at: moment(archive.at.toISOString()) })}
          </span>
        </>
      )}
      <div className={frame.topTools}>
        {archive && <OpenButton take={take} />}
        <span className={frame.rule} />
        <Button
          tone="ghost"
          icon={theme === 'dark' ? 'sun' : 'moon'}
          onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')}
          data-testid="theme"
        >
          {t(theme === 'dark' ? 'light' : 'dark')}
        </Button>
        <Button
          tone="ghost"
          onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
          data-testid="language"
        >
          {t('otherLanguage')}
        </Button>
      </div>
    </header>
  );
}

function OpenButton({ take, primary }: { take: (files: FileList | null) => void; primary?: boolean }) {
  const t = useWords(words);
  const input = useRef<HTMLInputElement>(null);
  const chosen = (e: ChangeEvent<HTMLInputElement>) => {
    take(e.target.files);
    e.target.value = ''; // the same file can be chosen again
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".pmtiles"
        hidden
        onChange={chosen}
        aria-label={t('openFile')}
        data-testid="archive-input"
      />
      <Button
        tone={primary ? 'primary' : 'ghost'}
        icon="upload"
        onClick={() => input.current?.click()}
        data-testid="open-file"
      >
        {t('openFile')}
      </Button>
    </>
  );
}
