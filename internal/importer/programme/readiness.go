package programme

// readiness is what residents decided, by the conditions of the project's
// library: all of them once it is in the library, some while it is on its way.
func (p *project) readiness() map[string]any {
	said := map[string]any{"holds": true, "note": "居民会议议定（演示）"}
	keys := map[string][]string{
		"comprehensive": {"cost_share", "later_management"},
		"management":    {"better_management", "service_fee"},
	}[p.library]
	switch p.state {
	case "confirmed":
	case "accepted":
		keys = keys[:1]
	default:
		keys = nil
	}
	answers := map[string]any{}
	for _, key := range keys {
		answers[key] = said
	}
	return answers
}
