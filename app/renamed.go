package app

// renamed maps the keys of the version before, by their path, to their names of now. They work in
// this version, with a warning. A new name with a dot is the place of the key from the top.
func renamed() map[string]string {
	return map[string]string{
		"notice_ttl":                   "proactive_ttl",
		"limits.notices_per_day":       "proactive_per_day",
		"limits.notice_chats_per_hour": "proactive_chats_per_hour",

		"listen":           "callback.listen",
		"admin_public":     "admin.public",
		"admin_hosts":      "admin.hosts",
		"console.password": "admin.password",
		"console.token":    "admin.token",
	}
}
