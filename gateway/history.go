package gateway

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/history"
	"github.com/hongyan-go/hongyan/internal/wxid"
)

// historyPage is a page of messages.
type historyPage struct {
	Items []history.Message `json:"items"`
	Older string            `json:"older,omitempty" doc:"Pass it as before for older messages; there are none without it."`
	Newer string            `json:"newer,omitempty" doc:"Pass it as after for what has come since."`

	LookedBack time.Time `json:"looked_back,omitzero" doc:"How far back a search has looked, if not at all there is: older goes on."`
}

type historyOutput struct{ Body historyPage }

type messagesInput struct {
	ID      string    `path:"id" maxLength:"200" doc:"The chat, by id or by a name that means only one."`
	Account string    `query:"account" doc:"An appId. Default: the only account."`
	Before  string    `query:"before" doc:"A cursor: only older messages."`
	After   string    `query:"after" doc:"A cursor: only newer messages, the oldest of them."`
	Around  string    `query:"around" maxLength:"512" doc:"The key of a message: it, and those before and after it."`
	From    time.Time `query:"from" doc:"Only messages of this time and later, such as 2026-01-05T10:00:00+08:00."`
	To      time.Time `query:"to" doc:"Only earlier messages."`
	Limit   int       `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"How many at most."`
}

type searchInput struct {
	Words   string    `query:"q" maxLength:"500" doc:"All of them must be in the text: inv finds invoice. Needed without person."`
	Chat    string    `query:"chat" maxLength:"200" doc:"Only in this chat, by id or by a name that means only one."`
	Person  string    `query:"person" maxLength:"200" doc:"Only of this author, by wxid."`
	Account string    `query:"account" doc:"Only of this account, by appId."`
	Before  string    `query:"before" doc:"A cursor: only older messages."`
	From    time.Time `query:"from" doc:"Only messages of this time and later, such as 2026-01-05T10:00:00+08:00."`
	To      time.Time `query:"to" doc:"Only earlier messages."`
	Limit   int       `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"How many at most."`
}

func (g *Gateway) registerHistory(api huma.API) {
	huma.Register(api, g.operation(api, mayRead, http.MethodGet, "/v1/chats/{id}/messages", "messages", "Read what was said in a chat",
		"The latest messages, the oldest of them first. The history must be on.", http.StatusNotFound), g.messages)
	huma.Register(api, g.operation(api, mayRead, http.MethodGet, "/v1/search", "search", "Search what was said",
		"The newest messages first. The history must be on.", http.StatusNotFound), g.search)
}

// history is the history of the bot.
func (g *Gateway) history() (*history.History, error) {
	h, _ := g.h.Bot().Installed(history.PluginName).(*history.History)
	if h == nil {
		return nil, failed(http.StatusNotFound, "history",
			"the history is off: write history: {keep: 30d} into bot.yaml to keep what is said")
	}
	return h, nil
}

// messages is GET /v1/chats/{id}/messages.
func (g *Gateway) messages(ctx context.Context, in *messagesInput) (*historyOutput, error) {
	h, err := g.history()
	if err != nil {
		return nil, err
	}
	account, err := g.account(ctx, in.Account)
	if err != nil {
		return nil, err
	}
	chat, err := g.chatID(ctx, account, in.ID)
	if err != nil {
		return nil, err
	}
	return g.answered(ctx, h.Messages, history.Query{
		Accounts: []string{account}, Chats: []string{chat}, From: in.From, To: in.To, Before: in.Before, After: in.After, Around: in.Around,
		Limit: in.Limit,
	})
}

// search is GET /v1/search.
func (g *Gateway) search(ctx context.Context, in *searchInput) (*historyOutput, error) {
	h, err := g.history()
	if err != nil {
		return nil, err
	}
	q := history.Query{Words: in.Words, Person: in.Person, From: in.From, To: in.To, Before: in.Before, Limit: in.Limit}
	who := holderOf(ctx)
	switch {
	case in.Chat != "" || in.Account != "":
		account, err := g.account(ctx, in.Account)
		if err != nil {
			return nil, err
		}
		q.Accounts = []string{account}
	case who != nil:
		q.Accounts = who.Accounts
	}
	switch {
	case in.Chat != "":
		chat, err := g.chatID(ctx, q.Accounts[0], in.Chat)
		if err != nil {
			return nil, err
		}
		q.Chats = []string{chat}
	case who != nil && who.Chats != nil:
		q.Chats = g.idsOf(ctx, q.Accounts, who.Chats)
	}
	return g.answered(ctx, h.Search, q)
}

// chatID is the id of a chat that the holder of the token may read.
func (g *Gateway) chatID(ctx context.Context, account, name string) (string, error) {
	id := name
	if !wxid.Certain(name) {
		ch := g.h.Chat(ctx, account, name)
		if err := ch.Err(); err != nil {
			return "", problemOf(err)
		}
		id = ch.ID()
	}
	if !g.sees(ctx, holderOf(ctx), account, id) {
		return "", failed(http.StatusForbidden, "to", "the token has no right to this chat: add it to its chats and accounts")
	}
	return id, nil
}

// idsOf are the ids of a list of ids and names. A name that is not known stands for itself, as it
// may be an id without its mark.
func (g *Gateway) idsOf(ctx context.Context, accounts, list []string) (ids []string) {
	if accounts == nil {
		accounts = g.h.Accounts()
	}
	for _, name := range list {
		ids = append(ids, name)
		if callback.IsGroup(name) {
			continue
		}
		for _, account := range accounts {
			if id, err := g.h.Contacts().Find(ctx, account, name); err == nil && id != name {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// answered asks the history. What the holder of the token may not see is left out in any case.
func (g *Gateway) answered(ctx context.Context, ask func(context.Context, history.Query) (history.Page, error), q history.Query) (
	*historyOutput, error,
) {
	p, err := ask(ctx, q)
	switch {
	case errors.Is(err, history.ErrQuery):
		return nil, failed(http.StatusUnprocessableEntity, "query", err.Error())
	case errors.Is(err, history.ErrNotFound):
		return nil, failed(http.StatusNotFound, "message", "there is no such message, or it is older than messages are kept")
	case err != nil:
		return nil, problemOf(err)
	}
	out := &historyOutput{Body: historyPage{Items: []history.Message{}, Older: p.Older, Newer: p.Newer, LookedBack: p.LookedBack}}
	for _, m := range p.Messages {
		if g.sees(ctx, holderOf(ctx), m.Account, m.Chat.ID) {
			out.Body.Items = append(out.Body.Items, m)
		}
	}
	return out, nil
}

// remembers finds a message with a file that the log of the events has no longer.
func (g *Gateway) remembers(ctx context.Context, key string) (*callback.Event, error) {
	h, err := g.history()
	if err != nil {
		return nil, errNoMessage
	}
	body, of, err := h.Body(ctx, key)
	if errors.Is(err, history.ErrNotFound) {
		return nil, errNoMessage
	}
	if err != nil {
		return nil, err
	}
	decoder := callback.Decoder{Wxid: func(string) string { return of }}
	return decoder.Decode(body) //nolint:wrapcheck // it was read before
}
