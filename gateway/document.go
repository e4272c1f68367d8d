package gateway

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// logName is the log of the events.
const logName = pluginName

// stored is a line of the log: the document of an event, and what it is made of, which a forward
// and a quote need.
type stored struct {
	Event json.RawMessage `json:"event"`
	Body  json.RawMessage `json:"body,omitempty"`
	Wxid  string          `json:"wxid,omitempty"`
}

// chatView is a chat in JSON.
type chatView struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	Type string `json:"type,omitempty" doc:"group, private, or none"`
}

// personView is a person in JSON.
type personView struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// head is what the gateway itself reads of a document.
type head struct {
	Account string   `json:"account"`
	Chat    chatView `json:"chat"`
	Kind    string   `json:"kind"`
	Time    string   `json:"time"`
}

// event is an event as clients get it.
type event struct {
	seq  uint64
	data json.RawMessage
	head
	stored
}

// observe keeps the event of a handler in the log. A second run adds nothing.
func (g *Gateway) observe(c *router.Context) error {
	key := cmp.Or(c.Event.Key(), unnamed(c))
	document, err := describe(c, key)
	if err != nil {
		return router.Permanent(fmt.Errorf("gateway: the event %s: %w", key, err))
	}
	line := store.Line{Key: key, ID: key, Time: c.Received()}
	if line.Data, err = fit(c.Event, document); err != nil {
		return router.Permanent(fmt.Errorf("gateway: the event %s: %w", key, err))
	}
	if _, _, err := g.back.Log().Append(c, logName, line, g.config().Keep); err != nil {
		return fmt.Errorf("gateway: the log of the events: %w", err)
	}
	g.tail.told.Add(1)
	g.news.tell()
	return g.wakeHooks(c)
}

// unnamed identifies an event that has no id, such as a change of a contact.
func unnamed(c *router.Context) string {
	sum := sha256.Sum256(c.Event.Body)
	return fmt.Sprintf("%s:event-%d-%s", c.Event.AppID, c.Received().UnixMilli(), hex.EncodeToString(sum[:8]))
}

// describe is the document of an event: what `hongyan decode` prints, and who, where and when in
// the words that all of HTTP has.
func describe(c *router.Context, key string) (map[string]any, error) {
	e := c.Event
	raw, err := e.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var decoded map[string]json.RawMessage
	if err := json.Unmarshal(raw, &decoded); err != nil {
		return nil, err
	}
	document := make(map[string]any, len(decoded)+5)
	for name, value := range decoded {
		document[name] = value
	}
	chat := chatView{ID: e.Conversation.ID, Type: string(e.Conversation.Type)}
	switch {
	case chat.ID == "":
	case e.Conversation.IsGroup():
		chat.Name = c.GroupName()
	case chat.ID == e.Sender:
		chat.Name = c.SenderName()
	}
	at := e.Time
	if at.IsZero() {
		at = c.Received()
	}
	document["key"], document["account"], document["chat"] = key, e.AppID, chat
	document["sender"] = personView{}
	if e.Sender != "" {
		document["sender"] = personView{ID: e.Sender, Name: c.SenderName()}
	}
	document["time"], document["text"] = at.UTC().Format(time.RFC3339), textOf(e)
	return document, nil
}

// textOf is what a message says in words.
func textOf(e *callback.Event) string {
	switch p := e.Payload().(type) {
	case *xmlmsg.Text:
		return p.Body
	case *xmlmsg.Quote:
		return p.Text
	}
	return ""
}

// fit is the line for a document. Of one that is too large for a line the raw callback is left out,
// then the fields, then all but the head: it is marked as truncated.
func fit(e *callback.Event, document map[string]any) ([]byte, error) {
	for step := range 3 {
		event, err := json.Marshal(document)
		if err != nil {
			return nil, err
		}
		x := stored{Event: event}
		if step == 0 && json.Valid(e.Body) {
			x.Body, x.Wxid = e.Body, e.Wxid
		}
		data, err := json.Marshal(x)
		if err != nil || len(data) <= store.MaxValue {
			return data, err
		}
		if document["truncated"] = true; step == 0 {
			delete(document, "truncated") // only the raw callback is missing
			continue
		}
		delete(document, "fields")
		document["text"] = ""
	}
	return nil, errors.New("its document is too large")
}

// parse reads a line.
func parse(l store.Line) (event, error) {
	x := event{seq: l.Seq}
	if err := json.Unmarshal(l.Data, &x.stored); err != nil {
		return x, fmt.Errorf("gateway: the event %d: %w", l.Seq, err)
	}
	if err := json.Unmarshal(x.Event, &x.head); err != nil || len(x.Event) < 2 {
		return x, fmt.Errorf("gateway: the event %d: %w", l.Seq, err)
	}
	x.data = append(fmt.Appendf(nil, `{"id":"%d",`, l.Seq), x.Event[1:]...)
	return x, nil
}

// message finds an event by its key or by its id in the log, for a forward or a quote.
func (g *Gateway) message(ctx context.Context, id string) (*callback.Event, error) {
	query := store.LineQuery{Key: id, Limit: 1}
	if seq, err := strconv.ParseUint(id, 10, 64); err == nil && seq > 0 {
		query = store.LineQuery{After: seq - 1, Limit: 1}
	}
	lines, err := g.back.Log().Read(ctx, logName, query)
	if err != nil {
		return nil, fmt.Errorf("gateway: the log of the events: %w", err)
	}
	if len(lines) == 0 || query.Key == "" && lines[0].Seq != query.After+1 {
		return nil, errNoMessage
	}
	x, err := parse(lines[0])
	if err != nil {
		return nil, err
	}
	if len(x.Body) == 0 {
		return nil, errNoMessage
	}
	decoder := callback.Decoder{Wxid: func(string) string { return x.Wxid }}
	e, err := decoder.Decode(x.Body)
	if err != nil {
		return nil, fmt.Errorf("gateway: the event %s: %w", id, err)
	}
	return e, nil
}

// errNoMessage means that there is no such event, or no longer.
var errNoMessage = errors.New("gateway: there is no such message, or it is older than the events are kept")
