package app

// renamed maps the keys of the version before, by their path, to their names of now. They work in
// this version, with a warning.
func renamed() map[string]string {
	return map[string]string{
		"notice_ttl":                   "proactive_ttl",
		"limits.notices_per_day":       "proactive_per_day",
		"limits.notice_chats_per_hour": "proactive_chats_per_hour",
	}
}
