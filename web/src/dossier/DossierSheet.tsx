// The community file (一小区一档).
import css from '../frame/frame.module.css';
import { SheetHead } from '../frame/SheetHead';

export default function DossierSheet({ code, part }: { code: string; part: string }) {
  return (
    <>
      <SheetHead title={code} parts={[]} part={part} />
      <div className={css.sheetBody} />
    </>
  );
}
