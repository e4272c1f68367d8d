package bot

import "path/filepath"

// Data is the directory for what must survive the process; empty if nothing survives. A plugin
// keeps only files there that people read: values belong into its Store.
func (h *Handle) Data() string { return h.bot.config.Data }

// Downloads is the directory of the files that the bot downloads: Config.Files.Dir, or media/ in
// Data. Files in it may be sent. It is empty for a bot that downloads nothing.
func (h *Handle) Downloads() string { return h.bot.downloads() }

// Path is where a file or directory is that a configuration names: in Data, unless the name is an
// absolute path.
func (h *Handle) Path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(h.Data(), name)
}
