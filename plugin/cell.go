package plugin

import "strings"

// Cell is a text of others as a cell of a table: spreadsheets take one that begins with =, +, - or
// @ for a formula, so it gets a quote before it.
func Cell(text string) string {
	if strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "=") || text != "" && strings.ContainsRune("+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
