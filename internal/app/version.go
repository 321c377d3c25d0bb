package app

import "runtime/debug"

// software is the version of the program that files say they were made by: its
// release, else the commit that it was built from.
func software() string {
	info, known := debug.ReadBuildInfo()
	if !known {
		return "lianpian"
	}
	version := info.Main.Version
	if version == "" || version == "(devel)" {
		version = "devel"
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				version = s.Value[:12]
			}
		}
	}
	return "lianpian " + version
}
