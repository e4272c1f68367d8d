package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hongyan-go/hongyan/contacts"
	"github.com/hongyan-go/hongyan/internal/wxid"
	"github.com/hongyan-go/hongyan/store"
)

const (
	eventPage = 32              // lines that a reader has in memory
	lookAgain = 2 * time.Second // for events that another process has kept
)

// filter selects events.
type filter struct {
	who   *holder
	kinds []string
	chats []string // nil means all
}

// matches reports whether a reader gets an event.
func (g *Gateway) matches(ctx context.Context, f filter, x event) bool {
	if len(f.kinds) > 0 && !slices.Contains(f.kinds, x.Kind) || !g.sees(ctx, f.who, x.Account, x.Chat.ID) {
		return false
	}
	return f.chats == nil || x.Chat.ID != "" && g.lists(ctx, f.chats, x.Account, x.Chat.ID)
}

// known reports kinds and chats of a filter that no event can have: a reader would wait for ever.
func (g *Gateway) known(ctx context.Context, f filter) error {
	for _, kind := range f.kinds {
		if err := checkKind(kind); err != nil {
			return failed(http.StatusUnprocessableEntity, "parameter", "kind: "+err.Error())
		}
	}
	for _, chat := range f.chats {
		if err := g.knownChat(ctx, f.who, chat); err != nil {
			return err
		}
	}
	return nil
}

// knownChat reports a chat that no account has, or that the holder of the token may not read. If
// the service does not say, the chat may be there.
func (g *Gateway) knownChat(ctx context.Context, who *holder, chat string) (err error) {
	var forbidden error
	for _, account := range g.accounts(ctx) {
		id := chat
		if !wxid.Certain(chat) {
			id, err = g.h.Contacts().Find(ctx, account, chat)
			if errors.Is(err, contacts.ErrUnknown) || errors.Is(err, contacts.ErrAmbiguous) {
				continue
			}
		}
		if err != nil || g.sees(ctx, who, account, id) {
			return nil //nolint:nilerr // the service does not say
		}
		forbidden = failed(http.StatusForbidden, "to", "the token has no right to this chat: add it to its chats and accounts")
	}
	if forbidden != nil {
		return forbidden
	}
	return err
}

// read returns the events after a cursor that match, and the cursor after those that were looked
// at. full means that there may be more.
func (g *Gateway) read(ctx context.Context, f filter, after uint64, limit int) (found []event, next uint64, full bool, err error) {
	page, err := g.page(ctx, after, limit)
	if err != nil {
		return nil, after, false, err
	}
	for _, x := range page {
		if after = x.seq; g.matches(ctx, f, x) {
			found = append(found, x)
		}
	}
	return found, after, len(page) > 0, nil
}

// newest is the cursor of a reader that wants what comes from now on.
func (g *Gateway) newest(ctx context.Context) (uint64, error) {
	lines, err := g.back.Log().Read(ctx, logName, store.LineQuery{Newest: true, Limit: 1})
	if err != nil {
		return 0, fmt.Errorf("gateway: the log of the events: %w", err)
	}
	if len(lines) == 0 {
		return 0, nil
	}
	return lines[len(lines)-1].Seq, nil
}

// eventsInput are the parameters of GET /v1/events.
type eventsInput struct {
	Kind     []string `query:"kind" doc:"Kinds of events, separated by commas, such as text,file. Default: all."`
	Chat     []string `query:"chat" doc:"Chats, by id or by a name that means only one, separated by commas. Default: all."`
	After    string   `query:"after" doc:"The id of the last event that was read; 0 reads from the oldest. Default: from now on."`
	Last     string   `header:"Last-Event-ID" doc:"The same as after; browsers send it."`
	Consumer string   `query:"consumer" doc:"A name whose cursor the gateway keeps, for workers that share the events."`
	Wait     int      `query:"wait" minimum:"0" maximum:"60" doc:"Without a stream: how many seconds to wait for an event."`
	Lease    int      `query:"lease" minimum:"1" maximum:"3600" default:"60" doc:"With a consumer: the seconds that a worker has."`
	Limit    int      `query:"limit" minimum:"1" maximum:"200" default:"32" doc:"Without a stream: how many events at most."`
	Accept   string   `header:"Accept" doc:"text/event-stream makes it a stream."`
}

// batch is what a poll answers.
type batch struct {
	Events []json.RawMessage `json:"events"`
	Cursor string            `json:"cursor" doc:"Pass it as after, or ack it."`
	Lease  string            `json:"lease,omitempty" doc:"Pass it with the ack of a consumer."`
}

func (g *Gateway) registerEvents(api huma.API) {
	op := g.operation(api, mayRead, http.MethodGet, "/v1/events", "events", "Read events",
		"With Accept: text/event-stream it is a stream of server-sent events, else an answer with those that there are.",
		http.StatusBadRequest, http.StatusConflict)
	poll := huma.SchemaFromType(api.OpenAPI().Components.Schemas, typeOf[batch]())
	op.Responses = map[string]*huma.Response{"200": {Description: "Events", Content: map[string]*huma.MediaType{
		"application/json":  {Schema: poll},
		"text/event-stream": {Schema: &huma.Schema{Type: "string"}},
	}}}
	huma.Register(api, op, func(ctx context.Context, in *eventsInput) (*huma.StreamResponse, error) {
		f := filter{who: holderOf(ctx), kinds: in.Kind, chats: in.Chat}
		if err := g.known(ctx, f); err != nil {
			return nil, problemOf(err)
		}
		if in.Consumer != "" && in.After != "" {
			return nil, failed(http.StatusUnprocessableEntity, "cursor", "a consumer has a cursor of its own: leave after out")
		}
		if strings.Contains(in.Accept, "text/event-stream") && in.Consumer != "" {
			if err := g.begin(ctx, in.Consumer); err != nil {
				return nil, problemOf(err)
			}
			return &huma.StreamResponse{Body: func(c huma.Context) { g.streamLeases(c, f, in) }}, nil
		}
		if strings.Contains(in.Accept, "text/event-stream") {
			after, err := g.cursor(ctx, in)
			if err != nil {
				return nil, problemOf(err)
			}
			return &huma.StreamResponse{Body: func(c huma.Context) { g.stream(c, f, after) }}, nil
		}
		answer, err := g.poll(ctx, f, in)
		if err != nil {
			return nil, problemOf(err)
		}
		return &huma.StreamResponse{Body: func(c huma.Context) {
			c.SetHeader("Content-Type", "application/json")
			_ = json.NewEncoder(c.BodyWriter()).Encode(answer)
		}}, nil
	})
	ack := g.operation(api, mayRead, http.MethodPost, "/v1/consumers/{name}/ack", "ack", "Acknowledge events",
		"Moves the cursor of a consumer to an event that it has handled.", http.StatusConflict, http.StatusBadRequest)
	huma.Register(api, ack, g.ack)
}

// cursor is where a reader begins.
func (g *Gateway) cursor(ctx context.Context, in *eventsInput) (uint64, error) {
	for _, given := range []string{in.Last, in.After} {
		if given == "" {
			continue
		}
		after, err := strconv.ParseUint(given, 10, 64)
		if err != nil {
			return 0, failed(http.StatusUnprocessableEntity, "cursor", "after and Last-Event-ID are the id of an event, or 0")
		}
		return after, nil
	}
	return g.newest(ctx)
}

// poll waits until there is an event, or the time is over.
func (g *Gateway) poll(ctx context.Context, f filter, in *eventsInput) (batch, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(g.ending, cancel)() //nolint:contextcheck // the end of the gateway
	over := time.NewTimer(time.Duration(in.Wait) * time.Second)
	defer over.Stop()
	look := time.NewTicker(lookAgain)
	defer look.Stop()
	next := func() (batch, error) { return g.take(ctx, f, in) }
	if in.Consumer == "" {
		after, err := g.cursor(ctx, in)
		if err != nil {
			return batch{}, err
		}
		next = func() (batch, error) { return g.batch(ctx, f, in, &after) }
	}
	for {
		more := g.news.wait()
		answer, err := next()
		if err != nil || len(answer.Events) > 0 {
			return answer, err
		}
		select {
		case <-more:
		case <-look.C:
		case <-over.C:
			return answer, nil
		case <-ctx.Done():
			return answer, nil
		}
	}
}

// batch is what there is now. after moves past what the filter leaves out.
func (g *Gateway) batch(ctx context.Context, f filter, in *eventsInput, after *uint64) (batch, error) {
	answer := batch{Events: []json.RawMessage{}}
	size := 0
	for full := true; full && len(answer.Events) < in.Limit && size < maxBatch; {
		found, next, more, err := g.read(ctx, f, *after, min(eventPage, in.Limit-len(answer.Events)))
		if err != nil {
			return answer, err
		}
		for _, x := range found {
			answer.Events = append(answer.Events, x.data)
			size += len(x.data)
		}
		*after, full = next, more
	}
	answer.Cursor = strconv.FormatUint(*after, 10)
	return answer, nil
}

// maxBatch bounds an answer in bytes, apart from its last page.
const maxBatch = 1 << 20
