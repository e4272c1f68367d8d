package bot

// CallbackURL is where the service posts, as far as it is configured: a secret, for a plugin that
// checks it. It is empty otherwise.
func (h *Handle) CallbackURL() string { return h.bot.config.Callback.URL() }
