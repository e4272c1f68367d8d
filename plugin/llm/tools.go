package llm

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/history"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/model"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Tools are what the model may do besides answering, and for whom. Without people there are none.
type Tools struct {
	From    []string            `yaml:"from" of:"people" help:"For whom the model may call tools: wxids, unique names, owners."`
	Time    bool                `yaml:"time" default:"false" help:"A tool that tells the time and the day."`
	History bool                `yaml:"history" default:"false" help:"A tool that searches what was said in the same chat; needs history."`
	HTTP    map[string]HTTPTool `yaml:"http" help:"Tools that call other systems, by the name that the model knows."`
	Rounds  int                 `yaml:"rounds" default:"4" help:"How often the model may call tools for an answer."`
	Timeout time.Duration       `yaml:"timeout" default:"30s" help:"How long the calls of an answer may take together."`
	// Own are tools in Go.
	Own []Tool `yaml:"-"`
}

// The bounds of the calls.
const (
	maxRounds = 20
	maxCalls  = 8    // of a round
	maxResult = 8000 // characters that the model reads
)

// tools makes the tools of the configuration.
func (p *llm) makeTools() (errs []error) {
	c := p.c.Tools
	wrong := func(field string, err error) {
		errs = append(errs, &plugin.FieldError{Field: strings.TrimSuffix("tools."+field, "."), Err: err})
	}
	if c.Time {
		p.tools = append(p.tools, p.timeTool())
	}
	if c.History {
		p.tools = append(p.tools, p.historyTool())
	}
	for _, name := range slices.Sorted(maps.Keys(c.HTTP)) {
		t, err := p.httpTool(name, c.HTTP[name])
		if p.tools = append(p.tools, t); err != nil {
			wrong("http."+name+"."+err.Field, err.Err)
		}
	}
	p.tools = append(p.tools, c.Own...)
	seen := map[string]bool{}
	for _, t := range p.tools {
		switch {
		case t.call == nil:
			wrong("", errors.New("a tool in Go was not made by NewTool"))
		case t.err != nil:
			wrong("", phrase.Errorf("the tool %s: %w", t.name, t.err))
		case seen[t.name]:
			wrong("", phrase.Errorf("there are two tools of the name %s", t.name))
		}
		seen[t.name] = true
	}
	has := len(p.tools) > 0
	switch {
	case !has && len(c.From) > 0:
		wrong("", errors.New("there is no tool: write time, history or http"))
	case has && len(c.From) == 0:
		wrong("from", errors.New("it is missing or empty, so the model may call the tools for nobody"))
	case has && !p.c.TakesTools():
		wrong("", phrase.Errorf("%s takes no tools from here: leave them out", p.c.Kind))
	case has && p.c.Memory.Per != "person":
		wrong("", errors.New("they need memory.per: person, as the memory of a chat has what others wrote"))
	}
	for i, who := range c.From {
		if who == plugin.All || who == plugin.Admins {
			wrong(fmt.Sprintf("from[%d]", i), phrase.Errorf("tools are for people whom you list: %q may be anybody", who))
		}
	}
	if c.Rounds < 1 || c.Rounds > maxRounds {
		wrong("rounds", phrase.Errorf("%d is not a number from 1 to %d", c.Rounds, maxRounds))
	}
	if c.Timeout <= 0 {
		wrong("timeout", errors.New("it is no time: write 30s"))
	}
	return errs
}

// mayCall reports whether the model may call tools for the sender of a message, and all that it
// would read is theirs: they wrote it, and quote nobody else. What was understood from a voice
// causes no call.
func (p *llm) mayCall(c *router.Context) bool {
	return len(p.tools) > 0 && !c.Spoken() && plugin.Scope{From: p.c.Tools.From}.Handles(c, p.h) && c.Sender() != "" && ownWords(c)
}

// ownWords reports whether a message has only what its sender wrote.
func ownWords(c *router.Context) bool {
	q, quotes := c.Payload().(*xmlmsg.Quote)
	return !quotes || q.Refer.Sender == c.Sender()
}

// owned reports whether all questions have only what their sender wrote.
func owned(open []question) bool {
	return !slices.ContainsFunc(open, func(q question) bool { return q.Others })
}

// offered are the tools for the questions of a person; nil if there are none for them.
func (p *llm) offered(c *router.Context, own Backend, open []question) []Tool {
	listed := plugin.Scope{From: p.c.Tools.From}
	if !own.TakesTools() || len(p.tools) == 0 || c.Sender() == "" || !listed.Handles(c, p.h) ||
		slices.ContainsFunc(open, func(q question) bool { return !q.Tools }) {
		return nil
	}
	return p.tools
}

// described are tools as the model gets them.
func described(tools []Tool) (all []model.Tool) {
	for _, t := range tools {
		d := model.Definition{Name: t.name, Description: t.about, Parameters: t.schema}
		all = append(all, model.Tool{Type: "function", Function: d})
	}
	return all
}

func (p *llm) timeTool() Tool {
	t := NewTool("time", "The time and the day now.", func(_ context.Context, who Caller, _ struct{}) (string, error) {
		return who.Time.Format("2006-01-02 15:04 Monday -07:00"), nil
	})
	t.harmless = true
	return t
}

// maxFound is how many messages a search shows.
const maxFound = 20

// historyTool searches the chat of the question, and no other.
func (p *llm) historyTool() Tool {
	type search struct {
		Words string `json:"words" jsonschema:"words that must all be in a message"`
		Days  int    `json:"days,omitempty" jsonschema:"how many days to look back; 30 if absent"`
	}
	const about = "Searches what was said earlier in this chat, the newest first."
	return NewTool("search_history", about, func(ctx context.Context, who Caller, a search) (string, error) {
		h, ok := p.h.Bot().Installed(history.PluginName).(*history.History)
		if !ok {
			return "", errors.New("llm: the bot keeps no history")
		}
		days := 30
		if a.Days > 0 && a.Days < 3650 {
			days = a.Days
		}
		page, err := h.Search(ctx, history.Query{
			Accounts: []string{who.Account}, Chats: []string{who.Chat}, Words: a.Words, Limit: maxFound,
			From: who.Time.AddDate(0, 0, -days),
		})
		if err != nil {
			return "", fmt.Errorf("llm: %w", err)
		}
		var lines []string
		for _, m := range page.Messages {
			lines = append(lines, m.Time.In(who.Time.Location()).Format("2006-01-02 15:04 ")+m.Sender.Name+": "+short(m.Text))
		}
		if len(lines) == 0 {
			return "nothing was found", nil
		}
		return strings.Join(lines, "\n"), nil
	})
}
