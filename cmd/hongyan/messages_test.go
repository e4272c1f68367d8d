package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryKindIsInTheManual compares the kinds of the code with docs/en/messages.md: each has a
// line with its type, and the registration that exists: a method, or router.On, which Group then
// lists.
func TestEveryKindIsInTheManual(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		return string(text)
	}
	manual, registrations := read("docs/en/messages.md"), read("router/register.go")+read("router/register_kinds.go")
	_, withoutMethod, found := strings.Cut(read("router/route.go"), "The kinds that few bots handle have no method")
	require.True(t, found)
	withoutMethod, _, _ = strings.Cut(withoutMethod, "type Group struct")
	kinds := 0
	for _, source := range []string{"xmlmsg/payload.go", "callback/special.go", "callback/contact.go"} {
		for _, m := range regexp.MustCompile(`Kind(\w+)\s+(?:xmlmsg\.)?Kind = "(\w+)"`).FindAllStringSubmatch(read(source), -1) {
			kinds++
			assert.Regexp(t, "(?m)^\\| `"+m[2]+"` .*\\."+m[1]+"`", manual, "docs/en/messages.md has no line for the kind %s", m[2])
			if source != "xmlmsg/payload.go" {
				continue
			}
			way := "`b\\." + m[1] + "`"
			if !strings.Contains(registrations, ") "+m[1]+"(h func(*Context, *xmlmsg."+m[1]+")") {
				way = "`router\\.On`"
				assert.Regexp(t, `\b`+m[1]+`\b`, withoutMethod, "the comment of Group does not say how to handle the kind %s", m[2])
			}
			assert.Regexp(t, "(?m)^\\| `"+m[2]+"` .*\\| "+way+" \\|", manual,
				"docs/en/messages.md does not say how to handle the kind %s", m[2])
		}
	}
	assert.Greater(t, kinds, 45)
}
