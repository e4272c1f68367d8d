package welcome

import (
	"strconv"
	"strings"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// Members is a range of sizes of groups; Most 0 means no bound.
type Members struct{ Least, Most int }

// UnmarshalText reads 0-200, 10- or -200.
func (m *Members) UnmarshalText(text []byte) error {
	least, most, found := strings.Cut(string(text), "-")
	number := func(s string) (int, bool) {
		if s = strings.TrimSpace(s); s == "" {
			return 0, true
		}
		n, err := strconv.ParseUint(s, 10, 16)
		return int(n), err == nil
	}
	from, okFrom := number(least)
	to, okTo := number(most)
	if !found || !okFrom || !okTo || to != 0 && to < from || from == 0 && to == 0 {
		return phrase.Errorf("%q is not a range of members: write 0-200, 10- or -200", text)
	}
	*m = Members{from, to}
	return nil
}

// ConfWords says how it is written.
func (Members) ConfWords() string { return "range" }

func (m Members) has(n int) bool { return n >= m.Least && (m.Most == 0 || n <= m.Most) }
