package bot

import "path/filepath"

// Data is the directory for what must survive the process; empty if nothing survives. A plugin
// keeps only files there that people read: values belong into its Store.
func (h *Handle) Data() string { return h.bot.config.Data }

// Path is where a file or directory is that a configuration names: in Data, unless the name is an
// absolute path.
func (h *Handle) Path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(h.Data(), name)
}
