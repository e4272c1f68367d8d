package texts

import (
	"io/fs"

	"github.com/hongyan-go/hongyan/internal/lang"
)

// ofPath describes an error about a file.
func ofPath(p *lang.Printer, err error) (string, bool) {
	e, ok := err.(*fs.PathError) //nolint:errorlint // of this error
	if !ok {
		return "", false
	}
	switch e.Op {
	case "read":
		return p.F("cannot read %s: %v", e.Path, e.Err), true
	case "write":
		return p.F("cannot write %s: %v", e.Path, e.Err), true
	case "mkdir":
		return p.F("cannot create the directory %s: %v", e.Path, e.Err), true
	case "remove", "unlinkat":
		return p.F("cannot remove %s: %v", e.Path, e.Err), true
	}
	return p.F("cannot open %s: %v", e.Path, e.Err), true
}
