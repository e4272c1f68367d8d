package router

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/router/internal/args"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// command is what a route knows of the command that it is.
type command struct {
	name     string   // as it was registered, without the slash
	names    []string // the plain forms of the name and its aliases
	help     string
	examples []string
	spec     *args.Spec // nil if the handler has no struct of arguments
	words    match.Matcher
}

// Command registers a handler for texts that begin with a word: "报名", "/报名", "报名 张三"; see
// match.Command for what makes no difference. The route is called "command:报名" until it is Named.
//
// The handler is a func(*router.Context) error, which finds the rest of the text in Args, or has a
// struct of arguments as its second parameter:
//
//	type signup struct {
//		Name  string `arg:"" help:"名字"`
//		Count int    `arg:"" default:"1" help:"人数"`
//	}
//	b.Command("报名", func(c *router.Context, a signup) error { … },
//		router.Alias("signup"), router.Help("报名参加活动", "报名 张三 2"))
//
// The arguments are the exported fields, in their order; docs/en/commands.md lists their types and
// tags. What cannot be read is answered in the chat with a sentence and the usage, and the handler
// does not run.
//
// A name of several words is a sub-command: register "报名 取消" before "报名". The options are
// matchers, such as match.Admin(), and Alias and Help. Misuse panics with its place in the source.
//
// A text "帮助" or "help" that no route handles is answered with the commands that its sender may
// use in this chat, and one that was clearly meant as a command with the command that is nearest.
func (g *Group) Command(name string, h any, options ...match.Matcher) *Route {
	site := callSite()
	fail := func(why string) { panic("router: the command " + name + " at " + site + ": " + why) }
	if matching.CommandName(name) == "" {
		panic("router: the command \"" + name + "\" at " + site + ": a command is a word, and more than a slash")
	}
	cmd := &command{name: strings.Join(strings.Fields(strings.TrimLeft(strings.TrimSpace(name), "/／")), " ")}
	names := []string{name}
	var ms []match.Matcher
	for _, o := range options {
		option, ok := o.(*commandOption)
		if !ok {
			ms = append(ms, o)
			continue
		}
		names = append(names, option.aliases...)
		cmd.examples = append(cmd.examples, option.examples...)
		if option.help != "" {
			cmd.help = option.help
		}
	}
	for _, n := range names {
		plain := matching.CommandName(n)
		if plain == "" {
			fail("the alias \"" + n + "\" is not a word, or only a slash")
		}
		cmd.names = append(cmd.names, plain)
	}
	handler, err := cmd.handler(h)
	if err != nil {
		if errors.Is(err, errNilHandler) {
			panic("router: the handler of the command " + name + " at " + site + " is nil")
		}
		fail(err.Error())
	}
	cmd.words = match.Command(names...)
	r := g.add(xmlmsg.KindText, false, handler, append([]match.Matcher{cmd.words}, ms...))
	g.router.mu.Lock()
	r.command = cmd
	g.router.mu.Unlock()
	return r.Named("command:" + cmd.name)
}

// commandOption is an option of Command, which is no condition.
type commandOption struct {
	name     string
	aliases  []string
	help     string
	examples []string
}

// Match implements match.Matcher.
func (o *commandOption) Match(*match.Subject) bool { return true }

// String implements match.Matcher.
func (o *commandOption) String() string { return o.name + "()" }

// Alias is an option of Command: other names of the command.
func Alias(names ...string) match.Matcher { return &commandOption{name: "Alias", aliases: names} }

// ParseDuration reads a duration as people write it in a command: 30m, 2小时, 半天, 1小时30分. It
// returns false if the text is none.
func ParseDuration(text string) (time.Duration, bool) { return args.Duration(text) }

// Help is an option of Command: what the command does, in a few words, and examples of its use, for
// the answer to "帮助".
func Help(text string, examples ...string) match.Matcher {
	return &commandOption{name: "Help", help: text, examples: examples}
}

// checkNoOptions panics if an option of Command is on another route.
func checkNoOptions(ms []match.Matcher) {
	for _, m := range ms {
		if o, ok := m.(*commandOption); ok {
			panic("router: the route at " + callSite() + ": " + o.name + " is an option of Command, not a matcher")
		}
	}
}

var errNilHandler = errors.New("the handler is nil")

var (
	contextType = reflect.TypeFor[*Context]()
	errorType   = reflect.TypeFor[error]()
)

// handler makes the handler of the route from that of the command.
func (cmd *command) handler(h any) (Handler, error) {
	v := reflect.ValueOf(h)
	if !v.IsValid() || v.Kind() == reflect.Func && v.IsNil() {
		return nil, errNilHandler
	}
	t := v.Type()
	if t.ConvertibleTo(reflect.TypeFor[Handler]()) {
		return v.Convert(reflect.TypeFor[Handler]()).Interface().(Handler), nil
	}
	if t.Kind() != reflect.Func || t.IsVariadic() || t.NumIn() != 2 || t.In(0) != contextType || t.NumOut() != 1 || t.Out(0) != errorType {
		return nil, fmt.Errorf("the handler is a %s: it must be a func(*router.Context) error, or a func(*router.Context, T) error "+
			"with a struct T of arguments", t)
	}
	spec, err := args.Of(t.In(1))
	if err != nil {
		return nil, err
	}
	cmd.spec = spec
	return func(c *Context) error {
		a, err := spec.Parse(c.argInput())
		var mistake *args.Error
		if errors.As(err, &mistake) {
			word, _ := c.Command()
			return c.ReplyAt(cmd.correction(mistake, hasHan(word)))
		}
		result := v.Call([]reflect.Value{reflect.ValueOf(c), a})[0].Interface()
		err, _ = result.(error)
		return err
	}, nil
}

// correction says what is wrong with the arguments, and how they are written.
func (cmd *command) correction(mistake *args.Error, chinese bool) string {
	lines := []string{mistake.Sentence(chinese)}
	if chinese {
		lines = append(lines, "用法："+cmd.usage())
	} else {
		lines = append(lines, "Usage: "+cmd.usage())
	}
	return strings.Join(append(lines, cmd.exampleLines(chinese)...), "\n")
}

// usage is how the command is written.
func (cmd *command) usage() string {
	if cmd.spec == nil {
		return cmd.name
	}
	return strings.TrimSpace(cmd.name + " " + cmd.spec.Usage())
}

func (cmd *command) exampleLines(chinese bool) []string {
	lines := make([]string, len(cmd.examples))
	for i, e := range cmd.examples {
		if lines[i] = "Example: " + e; chinese {
			lines[i] = "例如：" + e
		}
	}
	return lines
}

// hasHan reports whether a word has Chinese letters: its writer reads Chinese.
func hasHan(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0
}

// Args returns the words after the command: of "/报名 张三 2" they are "张三" and "2".
func (c *Context) Args() []string { return strings.Fields(c.ArgText()) }

// ArgText returns the text after the command, unchanged.
func (c *Context) ArgText() string {
	word, rest := c.Command()
	if c.route != nil && c.route.command != nil { // it may have several words
		_, rest, _ = matching.CutCommand(word+" "+rest, c.route.command.names)
	}
	return rest
}
