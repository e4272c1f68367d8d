package router_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func TestCommand(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"报名":           "报名|",
		" /报名 ":        "报名|",
		"／报名　张三":       "报名|张三",
		"报名 张三  二班":    "报名|张三,二班",
		"报名\n张三":       "报名|张三",
		"报名张三":         "",
		"我要报名":         "",
		"help":         "help|",
		"/HELP me":     "help|me",
		"ｈｅｌｐ　me":      "help|me",
		"//help":       "",
		"/":            "",
		"":             "",
		"@bot 报名":      "", // the account is not among those mentioned
		"helpful text": "",
	} {
		r := router.New()
		got := ""
		for _, name := range []string{"报名", "/Help"} {
			r.Command(name, func(c *router.Context) error {
				got = strings.ToLower(strings.Trim(name, "/")) + "|" + strings.Join(c.Args(), ",")
				return nil
			})
		}
		serve(t, r, message(t, 1, "wxid_alice", text))
		assert.Equal(t, want, got, "%q", text)
	}
}

// bad has a field that cannot be an argument.
type bad struct{ C chan int }

func TestCommandMistakes(t *testing.T) {
	t.Parallel()
	ok := func(*router.Context) error { return nil }
	for want, register := range map[string]func(r *router.Router){
		"the handler of the command a at command_test.go:": func(r *router.Router) { r.Command("a", nil) },
		`the command "" at command_test.go:`:               func(r *router.Router) { r.Command("", ok) },
		`the command "/" at command_test.go:`:              func(r *router.Router) { r.Command("/", ok) },
		"the command a at command_test.go:57: the alias":   func(r *router.Router) { r.Command("a", ok, router.Alias("/")) },
		"the handler is a func() error: it must be a func(*router.Context) error": func(r *router.Router) {
			r.Command("a", func() error { return nil })
		},
		"the field C of router_test.bad: an argument cannot be a chan int": func(r *router.Router) {
			r.Command("a", func(*router.Context, bad) error { return nil })
		},
		"Help is an option of Command, not a matcher": func(r *router.Router) { r.Any(ok, router.Help("x")) },
		"the route text@command_test.go:67 (text Command(\"a b\") Private()) can never run": func(r *router.Router) {
			r.Command("a", ok)
			r.Command("A b", ok, match.Private())
		},
		"matcher 2 is nil": func(r *router.Router) { r.Command("a", ok, nil) },
		`the route command:a at command_test.go:`: func(r *router.Router) {
			r.Command("a", ok)
			r.Command("/A", ok, match.Private())
		},
		`comes first and matches all that it matches`: func(r *router.Router) {
			r.Command("a", ok)
			r.Text(func(*router.Context, *xmlmsg.Text) error { return nil }, match.Exact("a", "/a b"))
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			defer func() { assert.Contains(t, recover(), want) }()
			register(router.New())
		})
	}
	r := router.New()
	r.Command("a", ok, match.Private())
	r.Command("a", ok, match.Group())
	r.Text(func(*router.Context, *xmlmsg.Text) error { return nil }, match.Exact("a", "b"))
	info := []string{}
	require.NoError(t, r.Walk(func(i router.RouteInfo) error { info = append(info, i.String()); return nil }))
	assert.Contains(t, info[0], `text         command:a                Command("a") Private()`)
}
