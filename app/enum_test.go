package app_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/internal/conf"
)

// TestEveryEnumIsEnforced writes a value that is none of its enum for each such key of every
// plugin: the file is refused, with the line, the column and what is possible.
func TestEveryEnumIsEnforced(t *testing.T) {
	t.Parallel()
	plugins, keys := app.Builtin(), 0
	reader := app.Reader{Plugins: plugins, Lookup: func(string) (string, bool) { return "", true }}
	for _, name := range plugins.Names() {
		d, _ := plugins.Lookup(name)
		types := map[string]string{}
		for _, f := range conf.Fields(reflect.TypeOf(d.Config()).Elem()) {
			types[f.Key] = f.Type
			if len(f.Enum) == 0 {
				continue
			}
			keys++
			path := strings.Split(f.Key, ".")
			var written strings.Builder
			written.WriteString("plugins:\n  " + name + ":\n")
			indent := "    "
			for i, step := range path {
				key, list := strings.CutSuffix(step, "[]")
				written.WriteString(indent + key + ":")
				switch {
				case i == len(path)-1:
					written.WriteString(" no-such-value\n")
				case list:
					entry := "-"
					if strings.HasPrefix(types[strings.TrimSuffix(strings.Join(path[:i+1], "."), "[]")], "by name") {
						entry = "name:"
					}
					written.WriteString("\n" + indent + "  " + entry + "\n")
					indent += "    "
				default:
					written.WriteString("\n")
					indent += "  "
				}
			}
			text := written.String()
			line, column := strings.Count(text, "\n"), strings.Index(text[strings.LastIndex(text[:len(text)-1], "\n")+1:], "no-")+1
			_, err := reader.Parse("bot.yaml", []byte(text))
			require.Error(t, err, text)
			assert.Contains(t, err.Error(), fmt.Sprintf("bot.yaml:%d:%d: ", line, column), text)
			assert.Contains(t, err.Error(), `"no-such-value" is not possible here; there are `+f.Enum[0], text)
		}
	}
	assert.Greater(t, keys, 15)
}
