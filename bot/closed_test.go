package bot_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
)

// TestABotIsClosed looks for methods of the engine on a Bot and on the Handle of a plugin: users
// register handlers, and do not dispatch events.
func TestABotIsClosed(t *testing.T) {
	t.Parallel()
	registration := reflect.TypeFor[*router.Group]()
	for _, typ := range []reflect.Type{reflect.TypeFor[*bot.Bot](), reflect.TypeFor[*bot.Handle]()} {
		own := 0
		for m := range typ.Methods() {
			if _, promoted := registration.MethodByName(m.Name); !promoted {
				own++
			}
		}
		assert.LessOrEqual(t, own, 44, "%v: a method for users belongs here, the engine does not", typ)
		for m := range reflect.TypeFor[*router.Router]().Methods() {
			if _, ok := registration.MethodByName(m.Name); ok || slices.Contains([]string{"Explain", "Walk", "Exchange", "Serve"}, m.Name) {
				continue
			}
			_, ok := typ.MethodByName(m.Name)
			assert.False(t, ok, "%v has the method %s of the engine", typ, m.Name)
		}
		_, ok := typ.MethodByName("Handle")
		assert.False(t, ok, "Handle is a type")
		for _, name := range []string{"Text", "File", "Command", "Any", "Observe", "Where", "Use", "Kind", "MemberJoined", "Send",
			"Schedule"} {
			_, ok := typ.MethodByName(name)
			assert.True(t, ok, "%v has no %s", typ, name)
		}
	}
}
