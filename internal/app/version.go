package app

import "runtime/debug"

// revision is the commit of a build that does not know it by itself, as from a copy
// without its repository: go build -ldflags "-X …/internal/app.revision=…".
var revision string

// software is the version of the program that files say they were made by: its
// release, else the commit that it was built from, with a + where its sources were
// changed since.
func software() string {
	info, known := debug.ReadBuildInfo()
	if !known {
		return "lianpian"
	}
	version := info.Main.Version
	if version == "" || version == "(devel)" {
		version = versionOf(revision, info.Settings)
	}
	return "lianpian " + version
}

func versionOf(revision string, settings []debug.BuildSetting) string {
	changed := ""
	for _, s := range settings {
		switch {
		case s.Key == "vcs.revision" && s.Value != "":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+"
		}
	}
	if revision == "" {
		return "devel"
	}
	return revision[:min(12, len(revision))] + changed
}
