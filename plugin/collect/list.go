package collect

import (
	"fmt"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// List is a list of what was collected in a chat.
type List struct {
	At   []plugin.Clock `yaml:"at" help:"The times of the day, such as 18:00; none sends no list."`
	To   []string       `yaml:"to" of:"chats" default:"same" help:"Who gets it: same is the chat itself; chats, people, or owners."`
	Late time.Duration  `yaml:"late" default:"1h" help:"How late it may come after the bot was down, once."`
}

func (l List) check() error {
	if len(l.At) == 0 {
		return nil
	}
	return plugin.Require(map[string][]string{"list.to": l.To})
}

const (
	same     = "same"
	listKeep = 7 * 24 * time.Hour // how long a link waits for its list
	listMost = 30                 // links in a list
	apart    = 5 * time.Second    // between the lists of two chats
	keyLast  = "listed"
	maxTitle = 60 // characters
)

func (p *part) setUpList() {
	plugin.Daily(p.h, p.c.Scope, p.c.List.At, p.c.List.Late, func(j *bot.Job) error {
		return p.round.Each(j, "list", apart, func(delay time.Duration) any {
			return due{j.Due, j.Due.Add(p.c.List.Late + delay + time.Minute)}
		})
	})
	p.h.Task("list", p.list)
}

// due is a list to be sent: its time, and until when it still makes sense.
type due struct{ At, Until time.Time }

func (p *part) listIn(s *router.Store) *router.Log[row] {
	return router.NewLog[row](s, "links", listKeep)
}

// note keeps a link for the list of its chat.
func (p *part) note(c *router.Context, r row) error {
	if len(p.c.List.At) == 0 {
		return nil
	}
	if err := p.round.Note(c); err != nil {
		return err //nolint:wrapcheck // it names the value
	}
	r.Who = c.SenderName()
	return p.listIn(c.Store(router.ByChat)).Append(c, r)
}

// list sends what was collected in the chat of the task since its last list; nothing if that is
// nothing.
func (p *part) list(t *bot.Task[due]) error {
	if t.Now().After(t.Data.Until) { // the plugin was off in the chat
		return nil
	}
	mine := t.Store(router.ByChat)
	text, err := router.Remember(t.Context, "text", func() (string, error) {
		var last time.Time
		if _, err := mine.Get(t, keyLast, &last); err != nil {
			return "", err
		}
		var lines []string
		seen := map[string]bool{}
		for line, err := range p.listIn(mine).Range(t, last, t.Data.At) {
			if err != nil {
				return "", err
			}
			if r := line.Data; !seen[r.URL] {
				seen[r.URL] = true
				lines = append(lines, fmt.Sprintf("%d. %s", len(lines)+1, r.inList()))
			}
		}
		if len(lines) == 0 {
			return "", nil
		}
		head := fmt.Sprintf("【%s】收集了 %d 条链接：", plugin.CleanName(t.GroupName(), "这里"), len(lines))
		if len(lines) > listMost {
			lines = append(lines[:listMost], "…")
		}
		return head + "\n" + strings.Join(lines, "\n"), nil
	})
	if err != nil || text == "" {
		return err //nolint:wrapcheck // it names the step
	}
	var errs []error
	for _, to := range plugin.Chats(p.h, p.c.List.To) {
		if to == same {
			to = t.Conversation().ID
		}
		errs = append(errs, t.To(to).SendText(text))
	}
	if err := router.Each(errs...); err != nil {
		return err //nolint:wrapcheck // it names the sends
	}
	return mine.Set(t, keyLast, t.Data.At, 0)
}

// inList is the link as a line of a list. What is no page has no address that could be opened.
func (r row) inList() string {
	title := plugin.CleanText(strings.Join(strings.Fields(r.Title), " "), maxTitle)
	parts := []string{}
	if title != "" {
		parts = append(parts, title)
	}
	if isPage(r) {
		parts = append(parts, r.URL)
	}
	return strings.Join(parts, " ") + "（" + plugin.CleanName(r.Who, "群友") + "）"
}

// isPage reports whether a link leads to a page.
func isPage(r row) bool { return strings.HasPrefix(r.URL, "https://") }
