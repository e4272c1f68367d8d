package bot

// CallbackURL is where the service posts, as far as it is configured: a secret, for a plugin that
// checks it. It is empty otherwise.
func (h *Handle) CallbackURL() string { return h.bot.config.Callback.URL() }

// DataDir is the directory for what must survive; empty for a bot that keeps nothing in files.
func (h *Handle) DataDir() string { return h.bot.config.Data }
