package app

// moved are the keys that were in another section in the version before, by their path, with the
// path of now. They work in this version, with a warning.
func moved() map[string]string {
	return map[string]string{
		"listen":           "callback.listen",
		"admin_public":     "admin.public",
		"admin_hosts":      "admin.hosts",
		"console.password": "admin.password",
		"console.token":    "admin.token",
	}
}
