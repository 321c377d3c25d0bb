package zone

import (
	"fmt"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/postgis"
)

// Edit is what one act did to the zones of a scenario.
type Edit struct {
	Scenario string   `json:"scenario" doc:"code"`
	Revision int      `json:"revision" doc:"the revision that the act made; undo takes it back"`
	Zones    []Zone   `json:"zones" doc:"the zones that changed or are new, as they are now"`
	Removed  []string `json:"removed" doc:"codes of the zones that are gone"`
}

// Seen is a zone and the version of it that the person saw.
type Seen struct {
	Code    string `json:"code" maxLength:"100"`
	Version int    `json:"version" minimum:"1"`
}

// VersionError says which zone somebody else saved in the meantime. It wraps
// postgis.ErrVersion.
type VersionError struct {
	Code      string
	Seen, Now int
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("zone %s is at version %d, not %d", e.Code, e.Now, e.Seen)
}

// Unwrap makes errors.Is(err, postgis.ErrVersion) true.
func (e *VersionError) Unwrap() error { return postgis.ErrVersion }

// TopologyError says that an edit would leave zones overlapping, or a hole
// between them, and where. It wraps postgis.ErrConflict.
type TopologyError struct {
	Detail string    // a sentence for people
	Zones  []string  // codes of the zones at fault
	At     orb.Point // inside of the fault
	AreaM2 float64   // of the fault
}

func (e *TopologyError) Error() string {
	return fmt.Sprintf("zones %s at %v: %s (%.2f m²)", strings.Join(e.Zones, ", "), e.At, e.Detail, e.AreaM2)
}

// Unwrap makes errors.Is(err, postgis.ErrConflict) true.
func (e *TopologyError) Unwrap() error { return postgis.ErrConflict }

// ChangedSinceError says that a revision cannot be taken back, because zones
// that it touched have changed since. It wraps postgis.ErrConflict.
type ChangedSinceError struct {
	Revision int
	Zones    []string // their names
	Codes    []string
}

func (e *ChangedSinceError) Error() string {
	return fmt.Sprintf("片区“%s”在此之后已被修改，无法撤销", strings.Join(e.Zones, "”“"))
}

// Unwrap makes errors.Is(err, postgis.ErrConflict) true.
func (e *ChangedSinceError) Unwrap() error { return postgis.ErrConflict }
