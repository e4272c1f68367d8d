package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryKindIsInTheManual compares the kinds of the code with docs/messages.md: each has a line
// with its type, and a registration that exists.
func TestEveryKindIsInTheManual(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		return string(text)
	}
	manual, registrations := read("docs/messages.md"), read("router/register.go")+read("router/register_kinds.go")
	kinds := 0
	for _, source := range []string{"xmlmsg/payload.go", "callback/special.go", "callback/contact.go"} {
		for _, m := range regexp.MustCompile(`Kind(\w+)\s+(?:xmlmsg\.)?Kind = "(\w+)"`).FindAllStringSubmatch(read(source), -1) {
			kinds++
			assert.Regexp(t, "(?m)^\\| `"+m[2]+"` .*\\."+m[1]+"`", manual, "docs/messages.md has no line for the kind %s", m[2])
			if source == "xmlmsg/payload.go" {
				assert.Contains(t, registrations, ") "+m[1]+"(h func(*Context, *xmlmsg."+m[1]+")",
					"there is no registration for the kind %s", m[2])
			}
		}
	}
	assert.Greater(t, kinds, 45)
}
