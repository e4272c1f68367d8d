// Package wxid distinguishes the ids of people and groups from their names.
package wxid

import "strings"

// Valid reports whether s can be the id of a person, a group or a service account: letters, digits
// and a few signs of ASCII. Names in other letters, or with blanks, are not ids.
func Valid(s string) bool {
	if s == "" {
		return false
	}
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("_-@.", r):
		default:
			return false
		}
	}
	return true
}

// Certain reports whether s is an id by its form, and not the name of somebody.
func Certain(s string) bool {
	return strings.HasSuffix(s, "@chatroom") || strings.HasSuffix(s, "@openim") || strings.HasPrefix(s, "wxid_") ||
		strings.HasPrefix(s, "gh_") || s == "filehelper"
}
