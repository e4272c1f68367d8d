package bot

// Data is the directory for what must survive the process; empty if nothing survives. A plugin
// keeps only files there that people read: values belong into its Store.
func (h *Handle) Data() string { return h.bot.config.Data }
