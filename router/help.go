package router

import (
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/internal/suggest"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// helpRoute is the name of what answers "帮助" and misspelled commands.
const helpRoute = "help"

// The bounds, in letters, of a text that may be a misspelled command, and of what may follow the
// command if there is no slash before it: what is longer is talk.
const (
	maxNearMiss  = 64
	maxArguments = 16
)

// guide answers a text that no route has handled, if it asks for help or was clearly meant as a
// command.
func (t *table) guide(c *Context) error {
	if len(t.commands) == 0 || c.run.listenOnly || c.services.Sender == nil || c.Event.Self || !t.help.takes(c.Event) {
		return nil
	}
	said := c.Said()
	slash := strings.HasPrefix(said, "/") || strings.HasPrefix(said, "／")
	private := !c.Event.Conversation.IsGroup()
	if !slash && !private && !c.AtMe() || c.Event.Conversation.ID == "" || len(said) > 4*maxNearMiss {
		return nil
	}
	word, rest := c.Command()
	if word == "" {
		return nil
	}
	chinese := hasHan(word)
	var text string
	if word == "帮助" || word == "help" {
		text = t.helpText(c, rest, chinese)
	} else {
		text = t.nearMiss(c, word, rest, chinese, slash)
	}
	if text == "" || c.late(t.help) {
		return nil
	}
	c.run.outcome.Route = t.help.name
	return c.on(t.help).ReplyAt(text)
}

// usable are the commands that the sender may use in this chat, each name once.
func (t *table) usable(c *Context) []*command {
	var list []*command
	seen := map[string]bool{}
	fresh := c.Subject
	for _, r := range t.commands {
		if !seen[r.command.names[0]] && r.offered(c) {
			seen[r.command.names[0]] = true
			list = append(list, r.command)
		}
	}
	c.Subject = fresh
	return list
}

// offered reports whether all conditions of a command but its name let the event of c pass.
func (r *Route) offered(c *Context) bool {
	if r.off(c.Event) {
		return false
	}
	for _, m := range r.conditions {
		if m != r.command.words && !m.Match(&c.Subject) {
			return false
		}
	}
	return true
}

// helpText lists the commands, or describes one.
func (t *table) helpText(c *Context, about string, chinese bool) string {
	list := t.usable(c)
	if len(list) == 0 {
		return ""
	}
	if about != "" {
		for _, cmd := range list {
			if slices.Contains(cmd.names, matching.CommandName(about)) {
				return cmd.describe(list, chinese)
			}
		}
	}
	lines := []string{"Commands:"}
	if chinese {
		lines[0] = "可用的命令："
	}
	for _, cmd := range list {
		lines = append(lines, cmd.line(chinese))
	}
	if chinese {
		lines = append(lines, "发“帮助 命令”可看这条命令的详细用法。")
	} else {
		lines = append(lines, `"help COMMAND" tells more about one.`)
	}
	return strings.Join(lines, "\n")
}

// line is the usage of a command, and what it does.
func (cmd *command) line(chinese bool) string {
	switch {
	case cmd.help == "":
		return cmd.usage()
	case chinese:
		return cmd.usage() + "：" + cmd.help
	}
	return cmd.usage() + ": " + cmd.help
}

// describe is all about a command, with its sub-commands.
func (cmd *command) describe(list []*command, chinese bool) string {
	lines := []string{cmd.line(chinese)}
	if len(cmd.names) > 1 {
		also := "Also: " + strings.Join(cmd.names[1:], ", ")
		if chinese {
			also = "也可以写：" + strings.Join(cmd.names[1:], "、")
		}
		lines = append(lines, also)
	}
	if cmd.spec != nil {
		lines = append(lines, cmd.spec.Details(chinese)...)
	}
	lines = append(lines, cmd.exampleLines(chinese)...)
	return strings.Join(append(lines, subCommands(list, cmd.names[0], chinese)...), "\n")
}

// subCommands has a line for each command that begins with the words of a name.
func subCommands(list []*command, name string, chinese bool) []string {
	var lines []string
	for _, sub := range list {
		for _, n := range sub.names {
			if strings.HasPrefix(n, name+" ") {
				lines = append(lines, sub.line(chinese))
				break
			}
		}
	}
	return lines
}

// nearMiss says which command was probably meant; empty if none was.
func (t *table) nearMiss(c *Context, word, rest string, chinese, slash bool) string {
	if !slash && len([]rune(rest)) > maxArguments {
		return ""
	}
	list := t.usable(c)
	if lines := subCommands(list, word, chinese); len(lines) > 0 { // a word that is only the first of others
		head := "Usage:"
		if chinese {
			head = "用法："
		}
		return strings.Join(append([]string{head}, lines...), "\n")
	}
	var first []string
	for _, cmd := range list {
		for _, n := range cmd.names {
			n, _, _ = strings.Cut(n, " ")
			first = append(first, n)
		}
	}
	edits := 1
	if len([]rune(word)) > 4 {
		edits = 2
	}
	near := suggest.Within(edits, word, first)
	if near == "" || near == word {
		return ""
	}
	usage := ""
	for _, cmd := range list {
		if slices.Contains(cmd.names, near) {
			usage = cmd.usage()
			break
		}
	}
	if usage == "" { // only its sub-commands can be used
		usage = strings.Join(subCommands(list, near, chinese), "\n")
	}
	if chinese {
		return "没有“" + word + "”这个命令，你是不是想发“" + near + "”？\n用法：" + usage
	}
	return "There is no command " + word + "; did you mean " + near + "?\nUsage: " + usage
}

// newHelp is what the answers of guide are sent by.
func newHelp(root *Group) *Route { return &Route{group: root, kind: xmlmsg.KindText, name: helpRoute} }
