package callback

import "strings"

// probes reports whether a body that looks like a message is the probe of GeWe: a text without a
// sender, which is answered and not stored, like other probes. It decodes the body only if it
// belongs to no conversation.
func probes(i Identity, body []byte) bool {
	if !strings.HasSuffix(i.Lane, "/") {
		return false
	}
	e, err := Decode(body)
	return err == nil && e.Kind() == KindPing
}
