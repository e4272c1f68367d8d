package llm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/model"
	"github.com/hongyan-go/hongyan/router"
)

// converse asks a model that may call tools, round by round. Each reply of the model and each
// result is remembered: a run after a crash goes on where this one ended, and calls nothing twice
// that has come back.
func (p *llm) converse(c *router.Context, own Backend, r model.Request, tools []Tool) (a answer, err error) {
	q := model.Question{Messages: r.Messages()}
	began, whole := c.Now(), c
	for round := 1; ; round++ {
		q.Tools = described(tools)
		if len(q.Tools) > 0 && round > p.c.Tools.Rounds {
			q.Choice = "none"
		}
		reply, err := router.Remember(whole, fmt.Sprintf("reply %d", round), func() (model.Reply, error) {
			reply, err := own.Chat(whole, p.client, q)
			if err == nil {
				err = p.pay(whole, own, reply.Usage)
			}
			return reply, err
		})
		if err != nil {
			return a, err
		}
		if len(reply.Calls) == 0 || round > p.c.Tools.Rounds {
			a.Text = reply.Text
			return a, nil
		}
		q.Messages = append(q.Messages, reply.Message())
		if !a.Changed && slices.ContainsFunc(reply.Calls, func(call model.Call) bool { return changes(tools, call) }) {
			whole, a.Changed = c.WithContext(context.WithoutCancel(c)), true // it is not given up half done
		}
		for i, call := range reply.Calls {
			id := fmt.Sprintf("call %d.%d", round, i+1)
			text, err := router.Remember(whole, id, func() (string, error) { return p.call(whole, tools, call, id, i, began) })
			if err != nil {
				return a, err
			}
			q.Messages = append(q.Messages, model.Message{Role: "tool", Content: text, CallID: call.ID})
			a.Read = a.Read || !harmless(tools, call)
		}
		if a.Read { // what strangers wrote may be in the results: it causes no change
			tools = slices.DeleteFunc(slices.Clone(tools), func(t Tool) bool { return t.changes })
		}
		if left, err := p.purses(whole, own).Left(whole); err != nil {
			return a, err
		} else if !left {
			round = p.c.Tools.Rounds
		}
	}
}

func find(tools []Tool, call model.Call) *Tool {
	i := slices.IndexFunc(tools, func(t Tool) bool { return t.name == call.Function.Name })
	if i < 0 {
		return nil
	}
	return &tools[i]
}

func changes(tools []Tool, call model.Call) bool {
	t := find(tools, call)
	return t != nil && t.changes
}

func harmless(tools []Tool, call model.Call) bool {
	t := find(tools, call)
	return t == nil || t.harmless
}

// result is what a tool has found, as the model reads it: data.
type result struct {
	Result string `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
}

// call calls a tool, and writes a line about it, without what was given and found. The result has
// the failures, too: the model can do without.
func (p *llm) call(c *router.Context, tools []Tool, call model.Call, id string, place int, began time.Time) (string, error) {
	at := c.Now()
	text, outcome := "", "done"
	var err error
	var t *Tool
	left := p.c.Tools.Timeout - at.Sub(began)
	switch t = find(tools, call); {
	case t == nil:
		outcome, err = "refused", errors.New("there is no such tool")
	case place >= maxCalls:
		outcome, err = "refused", phrase.Errorf("more than %d calls at once", maxCalls)
	case left <= 0:
		outcome, err = "refused", errors.New("the time for tools is over")
	case t.changes && p.h.Dry():
		outcome, err = "rehearsed", errors.New("this is a rehearsal: nothing was changed")
	default:
		ctx, cancel := context.WithTimeout(c, left)
		sum := sha256.Sum256([]byte(c.Event.Key() + "/" + id))
		who := Caller{
			Account: c.Account(), Chat: c.Conversation().ID, Person: c.Sender(), Time: at.In(p.h.Zone()), ID: hex.EncodeToString(sum[:16]),
		}
		text, err = t.run(ctx, who, call.Function.Arguments)
		cancel()
		if err != nil {
			outcome, err = "failed", public(err)
		}
	}
	if c.Err() != nil {
		return "", context.Cause(c) //nolint:wrapcheck // of the task
	}
	name := "unknown"
	if t != nil {
		name = t.name
	}
	p.h.Logger().Info("the model has called a tool", zap.String("tool", name), zap.String("outcome", outcome), zap.String("call", id),
		zap.String("account", c.Account()), zap.String("chat", c.Conversation().ID), zap.String("person", c.Sender()),
		zap.Duration("took", c.Now().Sub(at)))
	r := result{Result: plugin.CleanText(text, maxResult)}
	if err != nil {
		r = result{Error: err.Error()}
	}
	data, err := json.Marshal(r)
	return string(data), err
}

// public is what a model may know of a failure.
func public(err error) error {
	var status *statusError
	switch {
	case errors.As(err, &status):
		return phrase.Errorf("the answer was %d", status.status)
	case errors.Is(err, errArguments):
		return errors.New("the arguments do not fit the schema")
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("it took too long")
	}
	return errors.New("it failed")
}
