package callback

import "strings"

// probes tells whether a body that looks like a message is the probe of GeWe: a text that nobody has sent, which is to be answered and
// forgotten like the probes of the others. Only what belongs to no conversation is read in full to find out.
func probes(i Identity, body []byte) bool {
	if !strings.HasSuffix(i.Lane, "/") {
		return false
	}
	e, err := Decode(body)
	return err == nil && e.Kind() == KindPing
}
