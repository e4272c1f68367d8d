package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
)

// A webhook may answer with messages for the chat of the event.

// replySchema is that of a message, as POST /v1/messages has it, except that it says nothing about
// the chat, and may have more properties: a program often adds its own.
type replySchema struct {
	registry huma.Registry
	schema   *huma.Schema
}

func newReplySchema() replySchema {
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	schema := *huma.SchemaFromType(registry, typeOf[content]())
	schema.Required, schema.AdditionalProperties = nil, true
	schema.PrecomputeMessages()
	return replySchema{registry, &schema}
}

// check reports what is wrong with the JSON of a message.
func (s replySchema) check(raw json.RawMessage) error {
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return err //nolint:wrapcheck // logged
	}
	var result huma.ValidateResult
	huma.Validate(s.registry, s.schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, value, &result)
	if len(result.Errors) == 0 {
		return nil
	}
	var wrong []string
	for _, err := range result.Errors { // which say the value, too: that is what somebody has written
		if d := (*huma.ErrorDetail)(nil); errors.As(err, &d) {
			wrong = append(wrong, strings.TrimPrefix(d.Location+": "+d.Message, ": "))
		}
	}
	return invalid("%s", strings.Join(wrong, "; "))
}

// repliesOf are the messages that an answer holds: {"text": …} or any other message, or
// {"replies": [ … ]}, or both. Anything else holds none.
func repliesOf(answer []byte) []json.RawMessage {
	var many struct {
		Replies []json.RawMessage `json:"replies"`
		content
	}
	if json.Unmarshal(answer, &many) != nil {
		return nil
	}
	if many.says() > 0 {
		many.Replies = append([]json.RawMessage{answer}, many.Replies...)
	}
	return many.Replies[:min(len(many.Replies), maxReplies)]
}

// readReply reads a message that a webhook answers an event with.
func (g *Gateway) readReply(x event, raw json.RawMessage) (b content, err error) {
	if err := g.replies.check(raw); err != nil {
		return b, err
	}
	if err := json.Unmarshal(raw, &b); err != nil {
		return b, err //nolint:wrapcheck // logged
	}
	if b.To != "" && b.To != x.Chat.ID && b.To != x.Chat.Name || b.Account != "" && b.Account != x.Account {
		return b, invalid("a reply goes to the chat of its event: leave to and account out, or send it by POST /v1/messages")
	}
	return b, b.check()
}

// reply sends what a webhook has answered. One that cannot be sent is logged: to post the event
// again would change nothing.
func (g *Gateway) reply(t *bot.Task[string], hook *Webhook, x event, i int, raw json.RawMessage) error {
	class := outbox.Proactive
	if at, err := time.Parse(time.RFC3339, x.Time); err == nil && t.Now().Sub(at) < answersFor {
		class = outbox.Answer
	}
	b, err := g.readReply(x, raw)
	if err == nil {
		options, wrong := b.options(fmt.Sprintf("webhook/%s/%d/%d", hook.Name, x.seq, i), class)
		if err = wrong; err == nil {
			err = g.submit(t, g.h.Chat(t, x.Account, x.Chat.ID), &b, options)
		}
	}
	switch {
	case err == nil, errors.Is(err, outbox.ErrUnknown):
		return nil // the outbox reports what is unknown
	case t.Err() != nil, errors.Is(err, store.ErrUnavailable), errors.Is(err, outbox.ErrPending):
		return err
	}
	g.h.Logger().Warn("a reply of a webhook was not sent", zap.String("webhook", hook.Name),
		zap.String("event", strconv.FormatUint(x.seq, 10)), zap.Error(err))
	return nil
}
