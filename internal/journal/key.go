package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
)

// maxJoined bounds, in bytes, what ids take of a key: the rest of store.MaxKey is for what callers
// put around them.
const maxJoined = 440

// Join joins ids to a key in which no id can pretend to be two. A key that is too long ends with a
// hash: names of routes and steps may be whole sentences, and escaped they are longer still.
func Join(ids ...string) string {
	escaped := make([]string, len(ids))
	for i, id := range ids {
		escaped[i] = url.PathEscape(id)
	}
	key := strings.Join(escaped, "/")
	if len(key) <= maxJoined {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return key[:maxJoined-1-hex.EncodedLen(len(sum))] + "~" + hex.EncodeToString(sum[:])
}

// FormKey is the key of the form that the ids have in common: account, conversation and person.
func FormKey(ids ...string) string { return "form/" + Join(ids...) }

// StepKey is the key of a step, by the ids of the run, its handler and the step.
func StepKey(ids ...string) string { return "once/" + Join(ids...) }
