package media

import (
	"io/fs"
	"os"
	"path/filepath"
)

// inPrivate reports whether a file is in a private directory and not in the open one below it. The
// path must have no symbolic links. Directories are compared by identity and not by name, so
// another spelling or a mount makes no difference.
func inPrivate(private, open, path string) bool {
	if private == "" {
		return false
	}
	closed, err := os.Stat(private)
	if err != nil {
		return false // there is no private directory
	}
	file, err := os.Stat(path)
	if err != nil {
		return false // there is no file to send
	}
	if alias(private, file) {
		return true
	}
	public, _ := os.Stat(open) // nil if there is none
	for below, dir := path, filepath.Dir(path); ; below, dir = dir, filepath.Dir(dir) {
		info, err := os.Stat(dir)
		switch {
		case err != nil:
			return true // it existed a moment ago
		case public != nil && os.SameFile(info, public) && !os.SameFile(info, closed):
			return filepath.Base(below) == partials
		case os.SameFile(info, closed):
			return true
		case dir == below:
			return false
		}
	}
}

// alias reports whether a file is a hard link to one directly in dir.
func alias(dir string, file fs.FileInfo) bool {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return true
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && os.SameFile(info, file) {
			return true
		}
	}
	return false
}
