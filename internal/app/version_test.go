package app

import (
	"runtime/debug"
	"testing"
)

func TestABuildSaysWhatItWasMadeFrom(t *testing.T) {
	const commit = "0123456789abcdef0123456789abcdef01234567"
	vcs := func(pairs ...string) (s []debug.BuildSetting) {
		for i := 0; i < len(pairs); i += 2 {
			s = append(s, debug.BuildSetting{Key: pairs[i], Value: pairs[i+1]})
		}
		return s
	}
	for name, c := range map[string]struct {
		linked   string
		settings []debug.BuildSetting
		want     string
	}{
		"nothing known":           {"", nil, "devel"},
		"of a repository":         {"", vcs("vcs", "git", "vcs.revision", commit, "vcs.modified", "false"), "0123456789ab"},
		"changed since":           {"", vcs("vcs.revision", commit, "vcs.modified", "true"), "0123456789ab+"},
		"told by who built it":    {commit, nil, "0123456789ab"},
		"the repository is right": {"fedcba9876543210", vcs("vcs.revision", commit), "0123456789ab"},
		"a short name":            {"v1.2", nil, "v1.2"},
	} {
		if got := versionOf(c.linked, c.settings); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
