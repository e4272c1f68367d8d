package main

import (
	"runtime"
	"runtime/debug"
	"strings"
)

// versionCmd prints the version.
type versionCmd struct{ jsonFlag }

// Run prints version, commit and Go version.
func (cmd versionCmd) Run(c console) error {
	version, commit := built()
	return cmd.line(c, map[string]string{
		"version": version, "commit": commit, "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH,
	}, "hongyan %s (%s %s/%s)", strings.TrimSpace(version+" "+commit), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// built is what the build says of the program.
func built() (version, commit string) {
	version = "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			version = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				commit = s.Value[:min(12, len(s.Value))]
			}
		}
	}
	return version, commit
}
