package gateway

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/task"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
)

type accountInput struct {
	Account string `query:"account" doc:"An appId. Default: the only account."`
}

type pageInput struct {
	After string `query:"after" doc:"The next of the page before."`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"How many at most."`
}

// pageOf is a page of a list.
type pageOf[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"Pass it as after for the next page; there is none without it."`
}

type listOutput[T any] struct{ Body pageOf[T] }

func listOf[T any](items []T) *listOutput[T] {
	if items == nil {
		items = []T{}
	}
	return &listOutput[T]{Body: pageOf[T]{Items: items}}
}

type accountView struct {
	AppID  string `json:"app_id"`
	State  string `json:"state,omitempty" doc:"online, offline, zombie (online, but it does not work), or unknown"`
	Paused bool   `json:"paused"`
}

type memberView struct {
	ID      string `json:"id"`
	Name    string `json:"name,omitempty" doc:"The name in the group, or the nickname."`
	Owner   bool   `json:"owner,omitempty"`
	Manager bool   `json:"manager,omitempty"`
}

type deadView struct {
	ID       string    `json:"id"`
	Key      string    `json:"key,omitempty"`
	Reason   string    `json:"reason"`
	Attempts int       `json:"attempts"`
	Received time.Time `json:"received"`
	Buried   time.Time `json:"buried"`
}

type taskView struct {
	Name    string    `json:"name"`
	Key     string    `json:"key"`
	Due     time.Time `json:"due"`
	Account string    `json:"account,omitempty"`
	Chat    string    `json:"chat,omitempty"`
	Waiting bool      `json:"waiting_for_plugin,omitempty"`
}

func (g *Gateway) registerLists(api huma.API) {
	get := func(path, id, summary, description string) huma.Operation {
		return g.operation(api, mayRead, http.MethodGet, path, id, summary, description, http.StatusNotFound)
	}
	huma.Register(api, get("/v1/accounts", "accounts", "List the accounts", ""), g.listAccounts)
	huma.Register(api, get("/v1/chats", "chats", "List the groups and friends of an account", ""), g.listChats)
	huma.Register(api, get("/v1/contacts", "contacts", "List the friends of an account", ""), g.listContacts)
	huma.Register(api, get("/v1/groups/{id}/members", "members", "List the members of a group", ""), g.listMembers)
	huma.Register(api, get("/v1/outbox", "outbox", "List sends", "The oldest first, without what they say."), g.listOutbox)
	huma.Register(api, get("/v1/dead", "dead", "List dead letters", "Without what they say; for tokens of all chats."), g.listDead)
	huma.Register(api, get("/v1/tasks", "tasks", "List tasks", "Those that have not begun, without their data."), g.listTasks)
}

func (g *Gateway) listAccounts(ctx context.Context, _ *struct{}) (*listOutput[accountView], error) {
	who := holderOf(ctx)
	health := map[string]accountView{}
	for _, a := range g.h.Bot().Health(ctx).Accounts {
		health[a.AppID] = accountView{AppID: a.AppID, State: a.State, Paused: a.Paused}
	}
	for _, id := range g.accounts(ctx) {
		if _, ok := health[id]; !ok {
			health[id] = accountView{AppID: id}
		}
	}
	var list []accountView
	for id, a := range health {
		if who == nil || who.Accounts == nil || slices.Contains(who.Accounts, id) {
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b accountView) int { return strings.Compare(a.AppID, b.AppID) })
	return listOf(list), nil
}

// accounts are those of the bot. Before the first callback, one that the simulator or a login tells
// of counts.
func (g *Gateway) accounts(ctx context.Context) []string {
	known := g.h.Accounts()
	if one := g.h.Chat(ctx, "", "filehelper").Account(); len(known) == 0 && one != "" {
		return []string{one}
	}
	return known
}

// account is the account that a request means.
func (g *Gateway) account(ctx context.Context, id string) (string, error) {
	if id == "" {
		if id = g.h.Chat(ctx, "", "filehelper").Account(); id == "" {
			return "", problemOf(router.ErrNoAccount)
		}
	}
	who := holderOf(ctx)
	if who != nil && who.Accounts != nil && !slices.Contains(who.Accounts, id) {
		return "", failed(http.StatusForbidden, "account", "the token has no right to this account: add it to its accounts")
	}
	if !slices.Contains(g.accounts(ctx), id) {
		return "", failed(http.StatusNotFound, "account", "the bot has no such account")
	}
	return id, nil
}

func (g *Gateway) listChats(ctx context.Context, in *accountInput) (*listOutput[chatView], error) {
	account, err := g.account(ctx, in.Account)
	if err != nil {
		return nil, err
	}
	ids, err := g.h.Contacts().List(ctx, account)
	if err != nil {
		return nil, problemOf(err)
	}
	var list []chatView
	for _, id := range ids.Chatrooms {
		if g.sees(ctx, holderOf(ctx), account, id) {
			list = append(list, chatView{ID: id, Name: g.nameOf(ctx, account, id), Type: string(callback.Group)})
		}
	}
	friends, err := g.friends(ctx, account, ids.Friends)
	for _, f := range friends {
		list = append(list, chatView{ID: f.ID, Name: f.Name, Type: string(callback.Private)})
	}
	return listOf(list), err
}

func (g *Gateway) listContacts(ctx context.Context, in *accountInput) (*listOutput[personView], error) {
	account, err := g.account(ctx, in.Account)
	if err != nil {
		return nil, err
	}
	ids, err := g.h.Contacts().List(ctx, account)
	if err != nil {
		return nil, problemOf(err)
	}
	friends, err := g.friends(ctx, account, ids.Friends)
	return listOf(friends), err
}

// friends are the people of a list that the token may see, with their names.
func (g *Gateway) friends(ctx context.Context, account string, ids []string) ([]personView, error) {
	var seen []string
	for _, id := range ids {
		if g.sees(ctx, holderOf(ctx), account, id) {
			seen = append(seen, id)
		}
	}
	profiles, err := g.h.Contacts().Profiles(ctx, account, seen...)
	if err != nil {
		return nil, problemOf(err)
	}
	list := make([]personView, len(seen))
	for i, id := range seen {
		list[i].ID = id
		if p := profiles[id]; p != nil {
			list[i].Name = p.NickName
		}
	}
	return list, nil
}

// nameOf is the name of a chat; empty if it is not known.
func (g *Gateway) nameOf(ctx context.Context, account, id string) string {
	if name := g.h.Contacts().Contact(ctx, account, id); name != id {
		return name
	}
	return ""
}

func (g *Gateway) listMembers(ctx context.Context, in *struct {
	ID      string `path:"id" maxLength:"200" doc:"The group, by id or by a name that means only one."`
	Account string `query:"account" doc:"An appId. Default: the only account."`
}) (*listOutput[memberView], error) {
	account, err := g.account(ctx, in.Account)
	if err != nil {
		return nil, err
	}
	id, err := g.chatID(ctx, account, in.ID)
	if err != nil {
		return nil, err
	}
	members, err := g.h.Contacts().Members(ctx, account, id)
	if err != nil {
		return nil, problemOf(err)
	}
	var list []memberView
	for _, m := range members.Members {
		name := m.DisplayName
		if name == "" {
			name = m.NickName
		}
		list = append(list, memberView{
			ID: m.Wxid, Name: name, Owner: m.Wxid == members.Owner, Manager: slices.Contains(members.Admins, m.Wxid),
		})
	}
	return listOf(list), nil
}

func (g *Gateway) listOutbox(ctx context.Context, in *struct {
	State []string `query:"state" enum:"queued,held,sending,sent,refused,unknown,expired" doc:"Separated by commas. Default: all."`
	After string   `query:"after" doc:"The next of the page before."`
	Limit int      `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"How many at most."`
}) (*listOutput[messageView], error) {
	after, err := number(in.After)
	if err != nil {
		return nil, err
	}
	query := store.SendQuery{After: after, Limit: in.Limit}
	for _, s := range in.State {
		query.States = append(query.States, store.SendState(s))
	}
	sends, err := g.back.Ledger().List(ctx, query)
	if err != nil {
		return nil, problemOf(fmt.Errorf("gateway: %w", err))
	}
	out := listOf[messageView](nil)
	for _, s := range sends {
		if g.sees(ctx, holderOf(ctx), s.Account, s.Target) {
			out.Body.Items = append(out.Body.Items, viewOf(s))
		}
	}
	if len(sends) == in.Limit {
		out.Body.Next = strconv.FormatUint(sends[len(sends)-1].Seq, 10)
	}
	return out, nil
}

// number reads the cursor of a list.
func number(after string) (uint64, error) {
	if after == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(after, 10, 64)
	if err != nil {
		return 0, failed(http.StatusUnprocessableEntity, "cursor", "after is the next of the page before")
	}
	return n, nil
}

func (g *Gateway) listDead(ctx context.Context, in *pageInput) (*listOutput[deadView], error) {
	if !holderOf(ctx).everywhere() {
		return nil, failed(http.StatusForbidden, "to", "dead letters are of all chats, and the token is not")
	}
	after, err := number(in.After)
	if err != nil {
		return nil, err
	}
	letters, err := g.back.Inbox().Dead(ctx, after, in.Limit)
	if err != nil {
		return nil, problemOf(fmt.Errorf("gateway: %w", err))
	}
	out := listOf[deadView](nil)
	for _, d := range letters {
		out.Body.Items = append(out.Body.Items, deadView{
			ID: strconv.FormatUint(d.Seq, 10), Key: d.Key, Reason: d.Failure.Reason, Attempts: d.Attempts,
			Received: stamp(d.Received), Buried: stamp(d.Buried),
		})
	}
	if len(letters) == in.Limit {
		out.Body.Next = strconv.FormatUint(letters[len(letters)-1].Seq, 10)
	}
	return out, nil
}

func (g *Gateway) listTasks(ctx context.Context, in *pageInput) (*listOutput[taskView], error) {
	tasks := &task.Tasks{State: g.back.State(), Inbox: g.back.Inbox()}
	page, next, err := tasks.List(ctx, in.After, in.Limit)
	if err != nil {
		return nil, problemOf(err)
	}
	out := listOf[taskView](nil)
	out.Body.Next = next
	who := holderOf(ctx)
	for _, x := range page {
		if g.sees(ctx, who, x.Account, x.Conversation) {
			out.Body.Items = append(out.Body.Items, taskView{
				Name: x.Name, Key: x.Key, Due: stamp(x.Due), Account: x.Account, Chat: x.Conversation, Waiting: x.Parked,
			})
		}
	}
	return out, nil
}
