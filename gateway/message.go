package gateway

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
)

// requestPrefix is the prefix of the keys that tell what was asked for under an Idempotency-Key;
// account and key follow.
const requestPrefix = "gateway/request/"

// remembered is how long such a key is known: as long as the ledger knows the send, and the time
// that it may wait.
const remembered = 14 * 24 * time.Hour

// submitTime is how long the ledger may take for a message whose client has gone.
const submitTime = 30 * time.Second

type sendInput struct {
	Key    string `header:"Idempotency-Key" doc:"The same key is sent once. It is the id of the message, too."`
	Prefer string `header:"Prefer" doc:"wait=10 waits for the outcome, in seconds."`
	Wait   int    `query:"wait" minimum:"0" maximum:"60" doc:"The same."`
	Body   content
}

// messageView is a send in JSON.
type messageView struct {
	ID       string          `json:"id"`
	State    store.SendState `json:"state" enum:"queued,held,sending,sent,refused,unknown,expired"`
	Account  string          `json:"account"`
	To       string          `json:"to"`
	Class    outbox.Class    `json:"class"`
	MsgID    string          `json:"msg_id,omitempty"`
	NewMsgID string          `json:"new_msg_id,omitempty"`
	Reason   string          `json:"reason,omitempty" doc:"Why it is not sent."`
	Source   string          `json:"source,omitempty" doc:"The plugin or route that sends it."`
	Created  time.Time       `json:"created"`
	Updated  time.Time       `json:"updated"`
}

type messageOutput struct {
	Status   int
	Location string `header:"Location"`
	Body     messageView
}

type idInput struct {
	ID      string `path:"id" doc:"The id of the message."`
	Account string `query:"account" doc:"Its account, if several have a message of this id."`
	Wait    int    `query:"wait" minimum:"0" maximum:"60" doc:"How many seconds to wait for the outcome."`
}

func viewOf(s store.Send) messageView {
	v := messageView{
		ID: outbox.GivenKey(s), State: s.State, Account: s.Account, To: s.Target, Class: outbox.ClassOf(s), Reason: s.Reason,
		Source: s.Source, Created: stamp(s.Created), Updated: stamp(s.Updated),
	}
	var sent api.SentMessage
	if s.State == store.Sent && json.Unmarshal(s.Result, &sent) == nil {
		v.MsgID, v.NewMsgID = idOf(sent.MsgID), idOf(sent.NewMsgID)
	}
	return v
}

// stamp is a time as answers have it: to the millisecond, which the libraries of all languages
// read.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

func idOf(id api.ID) string {
	if id == 0 {
		return ""
	}
	return id.String()
}

func answerOf(s store.Send) *messageOutput {
	out := &messageOutput{Status: http.StatusOK, Body: viewOf(s)}
	if !s.State.Final() {
		out.Status = http.StatusAccepted
	}
	out.Location = "/v1/messages/" + url.PathEscape(out.Body.ID) + "?account=" + url.QueryEscape(s.Account)
	return out
}

func (g *Gateway) registerMessages(api huma.API) {
	post := g.operation(api, maySend, http.MethodPost, "/v1/messages", "send", "Send a message",
		"Answers 200 with the outcome, or 202 and a Location if it is not known yet. As multipart/form-data, the part message has the "+
			"JSON, and the part file, image, voice or video the bytes; a video has a part cover, too.",
		http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusRequestEntityTooLarge,
		http.StatusUnsupportedMediaType, http.StatusRequestTimeout)
	post.Responses = map[string]*huma.Response{"202": {Description: "It has no outcome yet", Content: map[string]*huma.MediaType{
		"application/json": {Schema: api.OpenAPI().Components.Schemas.Schema(typeOf[messageView](), true, "")},
	}}}
	post.Middlewares = huma.Middlewares{g.right(api, maySend, mayPropose)}
	huma.Register(api, post, g.post)
	documentMultipart(api)
	get := g.operation(api, mayRead, http.MethodGet, "/v1/messages/{id}", "message", "Look at a message", "", http.StatusNotFound)
	get.Middlewares = nil // who sent it may look at it, too
	huma.Register(api, get, func(ctx context.Context, in *idInput) (*messageOutput, error) {
		s, err := g.sent(ctx, in)
		if err != nil {
			return nil, problemOf(err)
		}
		if s, err = g.await(ctx, s, in.Wait); err != nil {
			return nil, problemOf(err)
		}
		out := answerOf(s)
		out.Status = http.StatusOK
		return out, nil
	})
	for _, x := range []struct {
		name, right, summary string
		do                   func(context.Context, store.Send) error
	}{
		{"release", mayDecide, "Let a message go that is held", func(ctx context.Context, s store.Send) error {
			return g.h.Release(ctx, s.Key)
		}},
		{"drop", mayDecide, "Give up a message that was not sent", func(ctx context.Context, s store.Send) error {
			return g.h.Drop(ctx, s.Key)
		}},
		{"sent", mayDecide, "Say that a message of unknown outcome has arrived", func(ctx context.Context, s store.Send) error {
			return g.h.Bot().MarkSent(ctx, s.Key)
		}},
		{"revoke", maySend, "Withdraw a message", g.revoke},
	} {
		op := g.operation(api, x.right, http.MethodPost, "/v1/messages/{id}/"+x.name, x.name, x.summary, "",
			http.StatusNotFound, http.StatusConflict)
		huma.Register(api, op, func(ctx context.Context, in *idInput) (*messageOutput, error) { return g.decide(ctx, in, x.do) })
	}
}

// post is POST /v1/messages.
func (g *Gateway) post(ctx context.Context, in *sendInput) (*messageOutput, error) {
	s, err := g.send(ctx, in)
	if err != nil {
		return nil, problemOf(err)
	}
	wait := in.Wait
	for part := range strings.SplitSeq(in.Prefer, ",") {
		if seconds, ok := strings.CutPrefix(strings.TrimSpace(part), "wait="); ok {
			n, err := strconv.Atoi(seconds)
			if err != nil || n < 0 {
				return nil, failed(http.StatusUnprocessableEntity, "body", "Prefer: wait is a number of seconds, such as wait=10")
			}
			wait = min(n, 60)
		}
	}
	if s, err = g.await(ctx, s, wait); err != nil {
		return nil, problemOf(err)
	}
	return answerOf(s), nil
}

// send puts a message into the ledger, unless its key is there already.
func (g *Gateway) send(ctx context.Context, in *sendInput) (store.Send, error) {
	b := &in.Body
	if err := b.check(); err != nil {
		return store.Send{}, err
	}
	key := in.Key
	if key == "" {
		key = rand.Text()
	}
	if !names.MatchString(key) {
		return store.Send{}, failed(http.StatusUnprocessableEntity, "key", "an Idempotency-Key has 1 to 128 letters, digits and ._:@=+-")
	}
	options, err := b.options(key, outbox.Proactive)
	if err != nil {
		return store.Send{}, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), submitTime) // a client that goes has sent nonetheless
	defer cancel()
	if known := g.accounts(ctx); b.Account != "" && len(known) > 0 && !slices.Contains(known, b.Account) {
		return store.Send{}, failed(http.StatusUnprocessableEntity, "account", "the bot has no such account: see /v1/accounts")
	}
	ch := g.h.Chat(ctx, b.Account, b.To)
	if err := ch.Err(); err != nil {
		return store.Send{}, err
	}
	if !g.sees(ctx, holderOf(ctx), ch.Account(), ch.ID()) {
		return store.Send{}, failed(http.StatusForbidden, "to", "the token has no right to this chat: add it to its chats and accounts")
	}
	if why := g.mustHold(ctx, ch); why != "" {
		options = append(options, router.Hold(why))
	}
	if err := g.visible(ctx, b); err != nil {
		return store.Send{}, err
	}
	fresh := false
	if in.Key != "" {
		if fresh, err = g.claim(ctx, ch, in); err != nil {
			return store.Send{}, err
		}
	}
	ledgerKey := outbox.AccountKey(ch.Account(), key)
	if in.Key != "" { // nobody else has one that was made up
		if s, err := g.back.Ledger().Get(ctx, ledgerKey); err == nil || !errors.Is(err, store.ErrNotFound) {
			return s, err // the first outcome, also of a message that may be sent again
		}
	}
	failure := g.submit(ctx, ch, b, options)
	s, err := g.back.Ledger().Get(ctx, ledgerKey)
	if errors.Is(err, store.ErrNotFound) && failure != nil {
		if fresh && !errors.Is(failure, outbox.ErrPending) { // the key is free for a better body
			failure = errors.Join(failure, g.back.State().Delete(ctx, requestKey(ch, in.Key)))
		}
		return s, failure
	}
	return s, err // the ledger knows better what has become of it
}

// options are those of a send. class is its class if the body names none.
func (b *content) options(key string, class outbox.Class) ([]router.SendOption, error) {
	options := []router.SendOption{router.Key(key), router.AsProactive()}
	if cmp.Or(outbox.Class(b.Class), class) == outbox.Answer {
		options = append(options, router.AsAnswer())
	}
	if b.Hold {
		options = append(options, router.Hold("held by its sender"))
	}
	if b.TTL != "" {
		ttl, err := conf.ParseDuration(b.TTL)
		if err != nil || ttl <= 0 {
			return nil, invalid("ttl: write a time such as 90s, 2h or 1d")
		}
		options = append(options, router.TTL(ttl))
	}
	return options, nil
}

// seen finds an event that the holder of the token may read.
func (g *Gateway) seen(ctx context.Context, id string) (*callback.Event, error) {
	e, err := g.message(ctx, id)
	if errors.Is(err, errNoMessage) {
		e, err = g.remembers(ctx, id)
	}
	if err == nil && !g.sees(ctx, holderOf(ctx), e.AppID, e.Conversation.ID) {
		err = errNoMessage
	}
	return e, err
}

// visible checks what a message refers to before its key is taken.
func (g *Gateway) visible(ctx context.Context, b *content) error {
	for _, id := range []string{b.Quote, b.Forward} {
		if id == "" {
			continue
		}
		if _, err := g.seen(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func requestKey(ch *router.Chat, key string) string { return requestPrefix + ch.Account() + "/" + key }

// claim takes a key for a body, or finds that it has it already. The body of another one is a
// conflict.
func (g *Gateway) claim(ctx context.Context, ch *router.Chat, in *sendInput) (fresh bool, err error) {
	b := in.Body
	b.To, b.Account = ch.ID(), ch.Account()
	text, err := json.Marshal(b)
	if err != nil {
		return false, fmt.Errorf("gateway: %w", err)
	}
	sum := sha256.Sum256(text)
	mine := hex.EncodeToString(sum[:])
	key := requestKey(ch, in.Key)
	_, err = g.back.State().Swap(ctx, key, []byte(mine), 0, remembered)
	if err == nil {
		return true, nil
	}
	if !errors.Is(err, store.ErrConflict) {
		return false, fmt.Errorf("gateway: %w", err)
	}
	entry, err := g.back.State().Get(ctx, key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, fmt.Errorf("gateway: %w", err)
	}
	if err == nil && string(entry.Value) != mine {
		return false, failed(http.StatusConflict, "key", "another message had this Idempotency-Key: each message needs its own")
	}
	return false, nil
}

// await waits until a message has its outcome, or is held.
func (g *Gateway) await(ctx context.Context, s store.Send, seconds int) (store.Send, error) {
	over := time.NewTimer(time.Duration(seconds) * time.Second)
	defer over.Stop()
	rest := 5 * time.Millisecond
	for !s.State.Final() && s.State != store.Held && seconds > 0 {
		look := time.NewTimer(rest)
		select {
		case <-look.C:
		case <-over.C:
			look.Stop()
			return s, nil
		case <-ctx.Done():
			look.Stop()
			return s, nil
		case <-g.ending.Done():
			look.Stop()
			return s, nil
		}
		rest = min(2*rest, 250*time.Millisecond)
		stored, err := g.back.Ledger().Get(ctx, s.Key)
		if err != nil {
			return s, fmt.Errorf("gateway: %w", err)
		}
		s = stored
	}
	return s, nil
}

// sent finds a message by its id.
func (g *Gateway) sent(ctx context.Context, in *idInput) (store.Send, error) {
	keys := []string{in.ID}
	accounts := g.accounts(ctx)
	if in.Account != "" {
		accounts = []string{in.Account}
	}
	for _, account := range accounts {
		keys = append(keys, outbox.AccountKey(account, in.ID))
	}
	var found []store.Send
	for _, key := range keys {
		if len(key) > store.MaxKey {
			continue
		}
		s, err := g.back.Ledger().Get(ctx, key)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return s, fmt.Errorf("gateway: %w", err)
		case g.sees(ctx, holderOf(ctx), s.Account, s.Target) && (in.Account == "" || in.Account == s.Account):
			found = append(found, s)
		}
	}
	switch len(found) {
	case 0:
		return store.Send{}, failed(http.StatusNotFound, "message",
			"there is no message of this id, or no longer: outcomes are kept for a week")
	case 1:
		return found[0], nil
	}
	return store.Send{}, failed(http.StatusConflict, "account", "several accounts have a message of this id: add ?account=")
}

// decide does what a person has decided about a message.
func (g *Gateway) decide(ctx context.Context, in *idInput, do func(context.Context, store.Send) error) (*messageOutput, error) {
	s, err := g.sent(ctx, in)
	if err != nil {
		return nil, problemOf(err)
	}
	if err := do(ctx, s); err != nil {
		if p := (*huma.ErrorModel)(nil); errors.As(err, &p) {
			return nil, err
		}
		return nil, failed(http.StatusConflict, "state", err.Error())
	}
	if s, err = g.back.Ledger().Get(ctx, s.Key); err != nil {
		return nil, problemOf(fmt.Errorf("gateway: %w", err))
	}
	if s, err = g.await(ctx, s, in.Wait); err != nil {
		return nil, problemOf(err)
	}
	return answerOf(s), nil
}

// revoke withdraws a message that was sent.
func (g *Gateway) revoke(ctx context.Context, s store.Send) error {
	var sent api.SentMessage
	if s.State != store.Sent || json.Unmarshal(s.Result, &sent) != nil || sent.NewMsgID == 0 {
		return failed(http.StatusConflict, "state", "only a message that was sent, and whose ids are known, can be withdrawn")
	}
	created := s.Updated
	if sent.CreateTime != 0 {
		created = time.Unix(int64(sent.CreateTime), 0) //nolint:gosec // the seconds of now
	}
	return g.h.Client().Message.RevokeMsg(ctx, api.RevokeMsg{
		AppID: s.Account, To: s.Target, MsgID: sent.MsgID, NewMsgID: sent.NewMsgID, Created: created,
	})
}
