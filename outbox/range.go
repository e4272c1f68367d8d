package outbox

import (
	"fmt"
	"strings"
	"time"
)

// Range is a span of time from which each gap is drawn at random. The zero value means no gap.
type Range struct{ Min, Max time.Duration }

// UnmarshalText reads 2s-5s, 3s, or off for no gap.
func (r *Range) UnmarshalText(text []byte) error {
	s := string(text)
	if s == "off" {
		*r = Range{}
		return nil
	}
	from, to, ranged := strings.Cut(s, "-")
	if !ranged {
		to = from
	}
	shortest, errFrom := time.ParseDuration(strings.TrimSpace(from))
	longest, errTo := time.ParseDuration(strings.TrimSpace(to))
	switch {
	case errFrom != nil || errTo != nil || shortest < 0 || longest < 0:
		return fmt.Errorf("outbox: %q is not a gap: write 2s-5s, 3s or off", s)
	case shortest > longest:
		return fmt.Errorf("outbox: %q: the first time is the longer one: write the shortest gap first", s)
	}
	*r = Range{shortest, longest}
	return nil
}

// String returns the range as UnmarshalText reads it.
func (r Range) String() string {
	switch {
	case r == Range{}:
		return "off"
	case r.Min == r.Max:
		return r.Min.String()
	}
	return r.Min.String() + "-" + r.Max.String()
}
