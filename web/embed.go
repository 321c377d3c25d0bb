// Package web carries the built web app into the binary. It holds files and
// nothing else; how they are served is httpapi's business.
package web

import (
	"embed"
	"io/fs"
)

// dist is what `npm run build` writes. A fresh clone holds only .gitkeep, so
// that `go build` works before the first web build.
//
//go:embed all:dist
var dist embed.FS

// Dist returns the built app: index.html at its root, hashed files under
// assets/, each text file with .gz and .br siblings.
func Dist() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		// "dist" is a constant and a valid path, so fs.Sub cannot fail here.
		return dist
	}
	return sub
}

// Viewer returns the page that shows an archive of tiles (lianpian tiles bake): the
// folder baked of the app, which needs nothing outside of itself.
func Viewer() fs.FS {
	sub, err := fs.Sub(Dist(), "baked")
	if err != nil {
		return dist // as in Dist
	}
	return sub
}
