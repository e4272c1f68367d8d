package plugin

import (
	"regexp"
	"strings"
	"unicode"
)

// address is what people put into their names to advertise it.
var address = regexp.MustCompile(`(?i)(https?://|www\.)\S+|` +
	`[a-z0-9-]+(\.[a-z0-9-]+)*\.(com|cn|net|org|top|xyz|vip|cc|io|me|shop|site|club|info|ru)(/\S*)?`)

// maxName is how many characters of a name are shown.
const maxName = 16

// CleanName is a name that somebody has chosen, as a text of the bot may have it: without links and
// what cannot be seen, and not longer than 16 characters. What is left of it may be nothing: then
// it is instead.
func CleanName(name, instead string) string {
	name = address.ReplaceAllString(name, "")
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '@' {
			return ' '
		}
		return r
	}, name)
	runes := []rune(strings.Join(strings.Fields(name), " "))
	if len(runes) > maxName {
		runes = append(runes[:maxName], '…')
	}
	if len(runes) == 0 {
		return instead
	}
	return string(runes)
}
