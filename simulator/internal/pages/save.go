package pages

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/hongyan-go/hongyan/internal/web"
	"github.com/hongyan-go/hongyan/simulator/internal/message"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// saidStep is what a person did, in the words of a test.
type saidStep struct {
	who     string // by name
	phone   bool   // the account itself
	payload xmlmsg.Payload
	at      []string
	msgType int
	content string
}

// stepOf returns a message as a step of a test.
func stepOf(e *world.Entry, names func(string) string) saidStep {
	s := saidStep{who: names(e.From), payload: payloadOf(e), msgType: e.MsgType, content: e.Content}
	for _, id := range e.At {
		if id == world.Everybody {
			s.at = append(s.at, id)
		} else {
			s.at = append(s.at, names(id))
		}
	}
	return s
}

// curl returns the command that sends the message again as a new one.
func (s saidStep) curl(base string, e *world.Entry) string {
	draft := map[string]any{"from": e.From, "to": e.To, "kind": message.KindRaw}
	switch m := s.payload.(type) {
	case *xmlmsg.Text:
		draft["kind"], draft["text"] = message.KindText, m.Body
		if len(e.At) > 0 {
			draft["at"] = e.At
		}
	case *xmlmsg.File:
		draft["kind"], draft["file"] = message.KindFile, map[string]any{"name": m.Name, "size": m.Size}
	case *xmlmsg.FileNotice:
		draft["kind"], draft["file"] = message.KindFileNotice, map[string]any{"name": m.Name, "size": m.Size}
	case *xmlmsg.Image:
		draft["kind"] = message.KindImage
	case *xmlmsg.Link:
		draft["kind"], draft["link"] = message.KindLink, map[string]any{"title": m.Title, "desc": m.Desc, "url": m.URL}
	default:
		draft["msg_type"], draft["content"] = s.msgType, s.content
	}
	root := strings.TrimSuffix(base, "/finder/v2/api")
	return "curl " + root + "/sim/messages -d " + shell(string(message.EncodeJSON(draft)))
}

// goCode returns the line of a Go test; chat is the name of a group, or of a friend.
func (s saidStep) goCode(chat string, group bool) string {
	q := strconv.Quote
	where := "sim.Friend(" + q(chat) + ")"
	if group {
		where = "sim.Group(" + q(chat) + ").Member(" + q(s.who) + ")"
	}
	switch {
	case s.phone && group:
		where = "sim.Group(" + q(chat) + ").Phone()"
	case s.phone:
		where = "sim.Friend(" + q(chat) + ").Phone()"
	}
	switch m := s.payload.(type) {
	case *xmlmsg.Text:
		args := []string{q(m.Body)}
		for _, name := range s.at {
			args = append(args, q(name))
		}
		return where + ".Says(" + strings.Join(args, ", ") + ")"
	case *xmlmsg.File:
		return fmt.Sprintf("%s.Drops(simulator.File{Name: %s, Size: %d})", where, q(m.Name), m.Size)
	case *xmlmsg.FileNotice:
		return fmt.Sprintf("%s.Announces(simulator.File{Name: %s, Size: %d})", where, q(m.Name), m.Size)
	case *xmlmsg.Image:
		return where + ".Shows()"
	case *xmlmsg.Link:
		return fmt.Sprintf("%s.Shares(simulator.Link{Title: %s, Desc: %s, URL: %s})", where, q(m.Title), q(m.Desc), q(m.URL))
	default:
		return fmt.Sprintf("%s.Sends(simulator.Raw(%d, %s))", where, s.msgType, q(s.content))
	}
}

// plainScalar is text that YAML reads as it is.
var plainScalar = regexp.MustCompile(`^[\p{L}][\p{L}\p{N}_.-]*$`)

// scalar returns a text in YAML. JSON strings are YAML.
func scalar(text string) string {
	switch strings.ToLower(text) {
	case "yes", "no", "on", "off", "true", "false", "null", "y", "n", "nothing":
	default:
		if plainScalar.MatchString(text) {
			return text
		}
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string can be encoded
	return strings.TrimSpace(b.String())
}

// yaml returns the fields of a step in a file with tests, without what is expected.
func (s saidStep) yaml(group string) string {
	var b strings.Builder
	who := s.who
	if s.phone {
		who = "phone"
	}
	fmt.Fprintf(&b, "as: %s", scalar(who))
	if group != "" {
		fmt.Fprintf(&b, ", in: %s", scalar(group))
	}
	switch m := s.payload.(type) {
	case *xmlmsg.Text:
		fmt.Fprintf(&b, ", say: %s", scalar(m.Body))
		if len(s.at) > 0 {
			var names []string
			for _, name := range s.at {
				names = append(names, scalar(name))
			}
			fmt.Fprintf(&b, ", mention: [%s]", strings.Join(names, ", "))
		}
	case *xmlmsg.File:
		fmt.Fprintf(&b, ", file: {name: %s, size: %d}", scalar(m.Name), m.Size)
	case *xmlmsg.Image:
		b.WriteString(", image: true")
	case *xmlmsg.Link:
		fmt.Fprintf(&b, ", link: {title: %s, url: %s, desc: %s}", scalar(m.Title), scalar(m.URL), scalar(m.Desc))
	default:
		fmt.Fprintf(&b, ", raw: {type: %d, content: %s}", s.msgType, scalar(s.content))
	}
	return b.String()
}

// expectation returns a message of the bot as a test expects it; to is its chat, empty for that of
// the step.
func expectation(e *world.Entry, to string) string {
	var fields []string
	if to != "" {
		fields = append(fields, "to: "+scalar(to))
	}
	switch m := payloadOf(e).(type) {
	case *xmlmsg.Text:
		fields = append(fields, "text: "+scalar(m.Body))
	case *xmlmsg.File:
		fields = append(fields, "file: "+scalar(m.Name))
	case *xmlmsg.Link:
		fields = append(fields, "link: "+scalar(m.Title))
	case *xmlmsg.Image:
		fields = append(fields, "image: true")
	default:
		fields = append(fields, "kind: "+scalar(e.Kind))
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// episode is a message of a person, and what the bot sent because of it.
type episode struct {
	said *world.Entry
	sent []*world.Entry
}

// savedMost is how many messages of a chat are saved.
const savedMost = 500

// episodes returns the messages of a chat, oldest first, each with the messages of the bot that
// followed it in any chat. The caller holds the lock.
func (p *Pages) episodes(a *world.Account, chat string) []episode {
	said := p.before(a, chat, p.World.Messages.Next(), savedMost)
	var all []episode
	place := map[int64]int{}
	for _, e := range said {
		if e.Endpoint == "" && e.MsgType < message.TypeNotice {
			place[e.Seq] = len(all)
			all = append(all, episode{said: e})
		}
	}
	if len(all) == 0 {
		return nil
	}
	for _, e := range p.World.Messages.After(all[0].said.Seq) {
		if e.Endpoint == "" || e.From != a.Wxid {
			continue
		}
		if i, ok := p.causeOf(a, chat, e, all, place); ok {
			all[i].sent = append(all[i].sent, e)
		}
	}
	return all
}

// causeOf returns which episode a message of the bot belongs to: by the bot's word, else, in the
// same chat, the last one before it.
func (p *Pages) causeOf(a *world.Account, chat string, e *world.Entry, all []episode, place map[int64]int) (int, bool) {
	if causes := p.causes(a, e); len(causes) > 0 {
		i, ok := place[causes[0].Seq]
		return i, ok
	}
	if p.Traces.Heard() || !p.in(e, a, chat) {
		return 0, false
	}
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].said.Seq < e.Seq {
			return i, true
		}
	}
	return 0, false
}

type saveView struct {
	Name, URL, YAML, Go string
	Count               int
}

// save is GET /chat/{account}/{chat}/save: the conversation as a test.
func (p *Pages) save(w http.ResponseWriter, r *http.Request) {
	p.World.Lock()
	a, chat, err := p.find(r)
	if err != nil {
		p.World.Unlock()
		p.fail(w, r, http.StatusNotFound, err)
		return
	}
	v := p.saved(a, chat)
	p.World.Unlock()
	p.render(w, r, a.AppID, web.Page{Name: "save", Title: p.texts(r).T("save.title", v.Name), Nav: "chat", Data: v})
}

// saved returns a conversation as tests. The caller holds the lock.
func (p *Pages) saved(a *world.Account, chat string) saveView {
	name, isGroup := p.chatName(chat), world.IsGroup(chat)
	group := ""
	if isGroup {
		group = name
	}
	episodes := p.episodes(a, chat)
	v := saveView{Name: name, URL: chatURL(a.AppID, chat), Count: len(episodes)}
	var y, g strings.Builder
	fmt.Fprintf(&y, "tests:\n  - name: %s\n    steps:\n", scalar(name))
	g.WriteString("func TestConversation(t *testing.T) {\n\tsim := simulator.Start(t)\n" +
		"\tstartBot(t, sim.BaseURL(), sim.Token())\n\tsim.ExpectCallback()\n\n")
	for _, one := range episodes {
		step := stepOf(one.said, p.World.People.Nick)
		step.phone = one.said.From == a.Wxid
		expect := "nothing"
		var expected []string
		fmt.Fprintf(&g, "\t%s\n", step.goCode(name, isGroup))
		for _, e := range one.sent {
			to, in := p.World.ChatOf(a, e), ""
			if to != chat {
				in = p.chatName(to)
			}
			expected = append(expected, expectation(e, in))
			fmt.Fprintf(&g, "\t%s\n", expectGo(e, p.chatName(to), world.IsGroup(to)))
		}
		if len(expected) > 0 {
			expect = "[" + strings.Join(expected, ", ") + "]"
		}
		fmt.Fprintf(&y, "      - {%s, expect: %s}\n", step.yaml(group), expect)
	}
	g.WriteString("}\n")
	v.YAML, v.Go = y.String(), g.String()
	return v
}

// expectGo returns the line of a Go test that waits for a message of the bot.
func expectGo(e *world.Entry, chat string, group bool) string {
	where := "sim.Friend(" + strconv.Quote(chat) + ")"
	if group {
		where = "sim.Group(" + strconv.Quote(chat) + ")"
	}
	switch m := payloadOf(e).(type) {
	case *xmlmsg.Text:
		return where + ".ExpectText(" + strconv.Quote(m.Body) + ")"
	case *xmlmsg.File:
		return where + ".ExpectFile(" + strconv.Quote(m.Name) + ")"
	default:
		return fmt.Sprintf("%s.Expect(%q, func(m simulator.Message) bool { return m.Kind == %q })", where, e.Kind, e.Kind)
	}
}
