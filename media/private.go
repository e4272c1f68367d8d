package media

import (
	"io/fs"
	"os"
	"path/filepath"
)

// inPrivate tells whether a file, whose path has no links any more, is in a private directory and not in the open one below it.
// Directories are compared as such, not by name, so that another spelling or a mount leads nowhere.
func inPrivate(private, open, path string) bool {
	if private == "" {
		return false
	}
	closed, err := os.Stat(private)
	if err != nil {
		return false // nothing is in it
	}
	file, err := os.Stat(path)
	if err != nil {
		return false // nor is there anything to send
	}
	if alias(private, file) {
		return true
	}
	public, _ := os.Stat(open) // nil if there is none
	for below, dir := path, filepath.Dir(path); ; below, dir = dir, filepath.Dir(dir) {
		info, err := os.Stat(dir)
		switch {
		case err != nil:
			return true // it was there a moment ago
		case public != nil && os.SameFile(info, public) && !os.SameFile(info, closed):
			return filepath.Base(below) == partials
		case os.SameFile(info, closed):
			return true
		case dir == below:
			return false
		}
	}
}

// alias tells whether a file is another name for one directly in a directory: a hard link.
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
