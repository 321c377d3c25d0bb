package tile

import (
	"context"
	"errors"
)

// Theme is the brightness of a style.
type Theme string

// The themes that Style knows.
const (
	Light Theme = "light"
	Dark  Theme = "dark"
)

// ErrNoTheme says that a style was asked for in a theme that does not exist.
var ErrNoTheme = errors.New("no such theme")

// Style returns the map's MapLibre style (JSON) for a district. baseURL is what
// stands before /api/v1, without a slash at its end. Errors: ErrNoTheme,
// postgis.ErrNotFound.
func (s *Server) Style(ctx context.Context, district, baseURL string, theme Theme) ([]byte, error) {
	return nil, ErrNoTheme
}
