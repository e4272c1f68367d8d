package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/history"
	"github.com/hongyan-go/hongyan/internal/web"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// said is a message of the history on a page.
type said struct {
	history.Message
	ChatName string `json:"-"`
	This     bool   `json:"-"` // the page is around it
}

// historyView is the page of what was said: in a chat, around a message, or what a search found.
type historyView struct {
	Kept     bool   `json:"kept"` // there is a history
	Account  string `json:"account,omitempty"`
	Chat     string `json:"chat,omitempty"`
	Name     string `json:"chat_name,omitempty"`
	Words    string `json:"q,omitempty"`
	Around   string `json:"around,omitempty"`
	Messages []said `json:"messages"`
	Older    string `json:"older,omitempty"`
	Newer    string `json:"newer,omitempty"`
	Err      string `json:"error,omitempty"`
	Shown    bool   `json:"text_shown"`
	May      bool   `json:"text_allowed"`
	Latest   bool   `json:"-"` // the page ends with the last message
}

// Text is the parameter of links to the same with or without the texts.
func (v historyView) Text() string {
	if v.Shown {
		return "1"
	}
	return ""
}

// history is the history of the bot; nil without one.
func (c *Console) history() *history.History {
	h, _ := c.bot.Installed(history.PluginName).(*history.History)
	return h
}

// historyPage shows what was said. The texts are shown only to those who ask for them, and that is
// noted; a search asks for them.
func (c *Console) historyPage(r *http.Request) (web.Page, error) {
	q := r.URL.Query()
	v := historyView{
		Account: q.Get("account"), Chat: q.Get("chat"), Words: strings.TrimSpace(q.Get("q")), Around: q.Get("around"), Messages: []said{},
		May: !c.config.HideTexts,
	}
	ctx, cancel := context.WithTimeout(r.Context(), storeTime)
	defer cancel()
	h := c.history()
	if v.Kept = h != nil; v.Kept {
		if v.Words != "" && !v.May {
			return web.Page{}, errHidden
		}
		where := "history " + v.Chat
		if v.Words != "" {
			v.Shown = true
			c.noteText(r, where+" search")
		} else {
			v.Shown = c.wantsText(r, where)
		}
		if err := c.readHistory(ctx, h, &v, q.Get("before"), q.Get("after")); err != nil {
			return web.Page{}, err
		}
	}
	title := c.text(r, "history.title")
	if v.Chat != "" {
		v.Name = c.names(r.Context()).chat(v.Account, v.Chat)
		title = v.Chat
		if v.Name != "" {
			title = v.Name
		}
	}
	return web.Page{Name: "history", Title: title, Nav: "chats", Data: v}, nil
}

// historyPageSize is how many messages are on a page.
const historyPageSize = 50

// readHistory reads the messages of a page.
func (c *Console) readHistory(ctx context.Context, h *history.History, v *historyView, before, after string) error {
	query := history.Query{Before: before, After: after, Limit: historyPageSize}
	if v.Account != "" {
		query.Accounts = []string{v.Account}
	}
	if v.Chat != "" {
		query.Chats = []string{v.Chat}
	}
	ask := h.Messages
	if v.Words != "" {
		query.Words, ask = v.Words, h.Search
	} else if query.Around = v.Around; v.Around != "" {
		query.Before, query.After = "", ""
	}
	p, err := ask(ctx, query)
	switch {
	case errors.Is(err, history.ErrNotFound), errors.Is(err, history.ErrQuery):
		v.Err = firstLine(strings.TrimPrefix(err.Error(), "history: "))
		return nil
	case err != nil:
		return fmt.Errorf("console: %w", err)
	}
	v.Older, v.Newer = p.Older, p.Newer
	v.Latest = before == "" && after == "" && v.Around == "" && v.Words == ""
	for _, m := range p.Messages {
		x := said{Message: m, ChatName: m.Chat.Name, This: m.Key == v.Around && v.Around != ""}
		if !v.Shown {
			x.Text = ""
		}
		v.Messages = append(v.Messages, x)
	}
	return nil
}

// errHidden means that the texts of messages are kept out of the pages.
var errHidden = errors.New("console: the texts of messages are hidden here: console.hide_texts")

// maxShown bounds how many places a session remembers whose text it has asked for.
const maxShown = 1000

// wantsText reports whether a person has asked for what was said at a place, and may see it. It is
// noted, once in a session.
func (c *Console) wantsText(r *http.Request, on string) bool {
	if r.URL.Query().Get("text") == "" || c.config.HideTexts {
		return false
	}
	c.noteText(r, on)
	return true
}

// noteText notes that a person sees the text of a place.
func (c *Console) noteText(r *http.Request, on string) {
	s := sessionOf(r)
	s.mu.Lock()
	noted := s.shown[on]
	if !noted {
		if len(s.shown) >= maxShown {
			clear(s.shown)
		}
		s.shown[on] = true
	}
	s.mu.Unlock()
	if !noted {
		c.note(r, s.who, "show text", on, nil)
	}
}

// textsIn are the texts of the last messages of a chat, by their keys. A history that does not
// answer has none.
func textsIn(ctx context.Context, h *history.History, account, chat string) map[string]string {
	p, err := h.Messages(ctx, history.Query{Accounts: []string{account}, Chats: []string{chat}, Limit: 2 * maxEntries})
	if err != nil {
		return nil
	}
	texts := make(map[string]string, len(p.Messages))
	for _, m := range p.Messages {
		texts[m.Key] = clip(m.Text)
	}
	return texts
}

// remembered makes the event of a text that the history has; nil if there is none.
func (c *Console) remembered(ctx context.Context, key string) *callback.Event {
	h := c.history()
	if h == nil {
		return nil
	}
	m, err := h.Message(ctx, key)
	if err != nil || m.Kind != string(xmlmsg.KindText) || m.Self {
		return nil
	}
	group := ""
	if isGroup(m.Chat.ID) {
		group = m.Chat.ID
	}
	e, err := textEvent(m.Account, c.h.Wxid(m.Account), group, m.Sender.ID, m.Text, m.Time.Unix())
	if err != nil {
		return nil
	}
	return e
}
