import type { Reason } from './archive';

export const words = {
  openFile: ['打开文件', 'Open a file'],
  openTitle: ['打开离线地图', 'Open an offline map'],
  openText: [
    '选择 lianpian tiles bake 写出的 .pmtiles 文件，或把它拖到这里。文件只在本机读取，不会上传。',
    'Choose a .pmtiles file written by lianpian tiles bake, or drop it here. It is read on this machine and sent nowhere.',
  ],
  openBeside: [
    '网页不能自己读取磁盘上的文件。请打开旁边的 {file}，或把它拖到这里。',
    'A page may not read files of a disk by itself. Open {file}, which lies beside it, or drop it here.',
  ],
  opening: ['正在打开 {file}', 'Opening {file}'],
  drop: ['松开以打开', 'Drop to open'],
  at: ['{at} 的数据', 'As of {at}'],
  demo: ['演示数据：生成', 'Demo data: generated'],
  district: ['区', 'District'],
  zooms: ['瓦片 {from}–{to} 级', 'Tiles of zooms {from}–{to}'],
  light: ['浅色', 'Light'],
  dark: ['深色', 'Dark'],
  otherLanguage: ['English', '中文'],
  attribution: ['地图数据', 'Map data'],
  tileBroken: [
    '这份文件有一部分读不出来，地图可能不完整。请重新复制或重新生成。',
    'A part of this file cannot be read, so the map may not be whole. Copy or bake it again.',
  ],
  missing: ['网页旁边没有 {file}。', '{file} does not lie beside this page.'],
  unreachable: [
    '读取 {file} 时出错：服务器没有回应。',
    '{file} could not be read: the server did not answer.',
  ],
  notArchive: ['{file} 不是 PMTiles 文件。', '{file} is no PMTiles file.'],
  foreign: [
    '{file} 不是连片生成的离线地图，这里不能显示。',
    '{file} was not baked by Lianpian and cannot be shown here.',
  ],
  tooNew: [
    '{file} 来自更新版本的连片，请用同一版本的页面打开。',
    '{file} comes from a newer Lianpian; open it with the page of that version.',
  ],
  broken: [
    '{file} 已损坏或不完整，请重新复制或重新生成。',
    '{file} is damaged or not whole; copy or bake it again.',
  ],
} as const satisfies Record<Reason, readonly [string, string]> & Record<string, readonly [string, string]>;
