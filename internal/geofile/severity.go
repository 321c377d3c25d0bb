package geofile

// Severity says how much a finding matters.
type Severity string

// The severities.
const (
	Info    Severity = "info"    // worth knowing: nothing is lost
	Warning Severity = "warning" // something was guessed or left out: to be looked at
	Error   Severity = "error"   // something of the file is lost or cannot be read
)

// severities are those of the kinds of findings that are no warnings.
var severities = map[string]Severity{
	"dimensions_dropped":   Info,
	"z_dropped":            Info,
	"m_dropped":            Info,
	"documents_ignored":    Info,
	"overlays_ignored":     Info,
	"label_points_dropped": Info,
	"encoding_guessed":     Info,
	"count_differs":        Info,
	"counts_differ":        Info,
	"length_differs":       Info,
	"no_shx":               Info,
	"broken_shx":           Info,
	"deleted_rows":         Info,
	"personal_dropped":     Info,
	"repeated_header":      Info,

	"broken_dbf":      Error,
	"dbf_truncated":   Error,
	"truncated":       Error,
	"no_dbf":          Error,
	"characters_lost": Error,
	"missing_table":   Error,
	"fields_dropped":  Error,
}

// SeverityOf is the severity of a kind of finding.
func SeverityOf(kind string) Severity {
	if s, known := severities[kind]; known {
		return s
	}
	return Warning
}
