package doctor

import (
	"context"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/importer"
)

// mendRows is how many crossing shapes of one file are put right.
const mendRows = 5_000

// mend has PostGIS put a crossing area right; it is refused where that cannot be
// risked or does not help.
func (d *Doctor) mend(ctx context.Context, f *fitted) error {
	area, _ := f.shape.(orb.MultiPolygon)
	mended, refused, err := importer.Mend(ctx, d.db.Pool, area, f.cross)
	switch {
	case err != nil:
		return err
	case refused != "":
		f.refuse(string(f.cross.Kind), refused)
	default:
		f.shape = mended
	}
	return nil
}
