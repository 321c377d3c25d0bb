// Annex 3 and annex 4 as they are printed: seen as pages first, then on paper,
// with everything else of the window left out.
import { type ReactNode, useEffect } from 'react';
import { createPortal } from 'react-dom';
import { type Survey, type SurveyCount, useStatistics } from '../api/surveys';
import { useWords } from '../language';
import { count } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Failure, Waiting } from '../ui/State';
import css from './print.module.css';
import { placeName } from './rows';
import { words } from './words';

/** Pages over the window; `landscape` says how the paper lies. */
export function Paper({
  title,
  landscape,
  onClose,
  children,
}: {
  title: string;
  landscape?: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const t = useWords(words);
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (e.key !== 'Escape') return;
      e.stopPropagation();
      e.preventDefault();
      onClose();
    };
    addEventListener('keydown', onKey, true);
    return () => removeEventListener('keydown', onKey, true);
  }, [onClose]);
  useEffect(() => {
    // A style element would not be let in by the content policy.
    const page = new CSSStyleSheet();
    page.replaceSync(`@page { size: A4 ${landscape ? 'landscape' : 'portrait'}; margin: 12mm; }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, page];
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((s) => s !== page);
    };
  }, [landscape]);
  return createPortal(
    <div className={css.paper} role="dialog" aria-label={title} data-testid="print-preview">
      <div className={css.bar}>
        <strong>{title}</strong>
        <Button tone="primary" onClick={() => print()} data-testid="print-it">
          {t('printIt')}
        </Button>
        <Button onClick={onClose} data-testid="print-back">
          {t('back')}
        </Button>
      </div>
      <div className={css.pages} data-landscape={landscape}>
        {children}
      </div>
    </div>,
    document.body,
  );
}

/** Annex 3: a sheet for each building or stairwell, a line for each household. */
export function PrintSheets({ survey, onClose }: { survey: Survey; onClose: () => void }) {
  const t = useWords(words);
  const title = `${survey.community.name} · ${t('pages', { n: survey.counts.length })}`;
  return (
    <Paper title={title} onClose={onClose}>
      {survey.counts.map((c) => (
        <Sheet key={`${c.building_code}/${c.stairwell}`} survey={survey} row={c} />
      ))}
    </Paper>
  );
}

const columns = [
  '序号',
  '门牌',
  '户主签字',
  '身份证号码',
  '联系电话',
  '是否需要对小区以上内容进行改造和提升',
];

// A form of the plan: it is printed in the plan's words in every language.
function Sheet({ survey, row }: { survey: Survey; row: SurveyCount }) {
  const where = placeName(row.building_code && row.building_name, row.stairwell);
  const contents = survey.contents.length ? survey.contents : ['', '', ''];
  return (
    <article className={css.page} data-testid="annex3">
      <h1>老旧小区改造和社区服务提升征求意见表（样表）</h1>
      <p>
        小区（楼栋）名称：{survey.community.name}
        {where && `（${where}）`}　　地址：{survey.community.address}
      </p>
      <p>
        面积：{row.floor_area_m2 === null ? '　　　' : row.floor_area_m2} 平方米　　户数：{row.households} 户
      </p>
      <p>
        改造和提升的内容：
        {contents.map((c, i) => (
          <span key={`${i.toString()}${c}`}>{`${i + 1}.${c || '　　　　　　　'}　`}</span>
        ))}
      </p>
      <table className={css.doors}>
        <thead>
          <tr>
            {columns.map((c) => (
              <th key={c}>{c}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: row.households }, (_, i) => (
            <tr key={`door-${i.toString()}`}>
              <td>{i + 1}</td>
              <td>{where && `${where}-`}</td>
              <td />
              <td />
              <td />
              <td />
            </tr>
          ))}
        </tbody>
      </table>
      <footer>户主签字、身份证号码、联系电话只留在纸上，不录入系统。</footer>
    </article>
  );
}

const shown = (v: number | null) => (v === null ? '　　' : String(Math.round(v * 100) / 100));

/** Annex 4 of a subdistrict ('': of all that the person reaches). */
export function PrintStatistics({
  subdistrict,
  name,
  onClose,
}: {
  subdistrict: string;
  name: string;
  onClose: () => void;
}) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const list = useStatistics(district, subdistrict);
  return (
    <Paper title={t('annex4')} landscape onClose={onClose}>
      {list.isError ? (
        <Failure error={list.error} retry={() => void list.refetch()} />
      ) : !list.data ? (
        <Waiting rows={9} />
      ) : (
        <article className={css.page} data-testid="annex4">
          <h1>{name || 'XX街道（镇）'}老旧小区改造和社区服务提升征求意见情况统计表</h1>
          <p className={css.spread}>
            <span>统计单位（盖章）：</span>
            <span>联系人：</span>
            <span>电话：</span>
          </p>
          <table>
            <thead>
              <tr>
                <th colSpan={7}>小区基本情况</th>
                <th colSpan={2}>前期工作完成情况</th>
              </tr>
              <tr>
                {['小区名称', '详细地址', '占地面积', '总建筑面积', '建成时间', '楼栋数', '总户数'].map(
                  (c) => (
                    <th key={c}>{c}</th>
                  ),
                )}
                <th>有无业主委员会（名称）</th>
                <th>居民改造意愿</th>
              </tr>
            </thead>
            <tbody>
              {list.data.items.map((s) => (
                <tr key={s.community.code}>
                  <td>{s.community.name}</td>
                  <td>{s.community.address}</td>
                  <td>{s.land_area_m2 === null ? '' : count(s.land_area_m2)}</td>
                  <td>{s.floor_area_m2 === null ? '' : count(s.floor_area_m2)}</td>
                  <td>{s.built_year}</td>
                  <td>{s.building_count}</td>
                  <td>{s.households}</td>
                  <td>{s.owners_committee}</td>
                  <td>
                    {s.masked
                      ? t('masked')
                      : `需要改造提升的并签名的户数${shown(s.agreed)}户，占小区总户数${shown(s.agreed_percent)}%；面积${shown(s.agreed_area_m2)}平方米，占小区总面积${shown(s.area_percent)}%。`}
                    {s.generated.length > 0 && <small>（演示数据：生成）</small>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </article>
      )}
    </Paper>
  );
}
