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

// Hosts are the hosts of the links in a text, in small letters: of addresses with and without
// https://.
func Hosts(text string) (hosts []string) {
	for _, found := range address.FindAllString(text, -1) {
		found = strings.ToLower(found)
		if _, rest, ok := strings.Cut(found, "://"); ok {
			found = rest
		}
		if end := strings.IndexAny(found, "/:?#"); end >= 0 {
			found = found[:end]
		}
		if found != "" {
			hosts = append(hosts, found)
		}
	}
	return hosts
}
