package gateway

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
)

const (
	hookTask    = "webhook"
	hookPrefix  = "gateway/webhook/" // the name of a webhook follows
	hookTimeout = 30 * time.Second
	hookPage    = 50 // events of a run
	firstRest   = 2 * time.Second
	mostRest    = 10 * time.Minute
	deadAfter   = 5 * time.Minute // a webhook that has not answered for so long is reported
	maxAnswer   = 1 << 20
	maxReplies  = 10
	answersFor  = 10 * time.Minute // after that, a reply is a proactive send
)

// hookState is the place of a webhook.
type hookState struct {
	Cursor   uint64    `json:"cursor,string"`
	Failures int       `json:"failures,omitempty"`
	Since    time.Time `json:"since,omitzero"` // of the first failure
	Reported bool      `json:"reported,omitempty"`
}

// key is the key that signs, nil for none.
func (w *Webhook) key() ([]byte, error) {
	text, standard := strings.CutPrefix(w.Secret, "whsec_")
	if !standard {
		return []byte(w.Secret), nil
	}
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) == 0 {
		return nil, errors.New("what follows whsec_ is not base64")
	}
	return key, nil
}

// beginHooks makes the places of new webhooks: they get what comes from now on.
func (g *Gateway) beginHooks(ctx context.Context, hooks []Webhook) error {
	for _, w := range hooks {
		newest, err := g.newest(ctx)
		if err != nil {
			return err
		}
		_, err = g.swap(ctx, hookPrefix+w.Name, hookState{Cursor: newest}, 0)
		if err != nil && !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return nil
}

// wakeHooks has the events delivered that the webhooks have not had. One that rests after a failure
// goes on resting.
func (g *Gateway) wakeHooks(c *router.Context) error {
	for _, w := range g.config().Webhooks {
		if err := c.Later(hookTask, w.Name, 0, w.Name, bot.Keep(), bot.InChat(c.Event.AppID, "")); err != nil {
			return fmt.Errorf("gateway: the webhook %s: %w", w.Name, err)
		}
	}
	return nil
}

// deliver posts what a webhook has not had, in order, until one fails. It is the only run of its
// webhook, in all processes.
func (g *Gateway) deliver(t *bot.Task[string]) error {
	var hook *Webhook
	for _, w := range g.config().Webhooks {
		if w.Name == t.Data {
			hook = &w
		}
	}
	if hook == nil {
		return nil // it was taken out of the configuration
	}
	key := hookPrefix + hook.Name
	entry, err := g.back.State().Get(t, key)
	if err != nil {
		return fmt.Errorf("gateway: the webhook %s: %w", hook.Name, err)
	}
	var at hookState
	if err := json.Unmarshal(entry.Value, &at); err != nil {
		return fmt.Errorf("gateway: the webhook %s: %w", hook.Name, err)
	}
	lines, err := g.back.Log().Read(t, logName, store.LineQuery{After: at.Cursor, Limit: hookPage})
	if err != nil {
		return fmt.Errorf("gateway: the log of the events: %w", err)
	}
	f := filter{kinds: hook.On, chats: hook.In}
	for _, l := range lines {
		if err := g.deliverLine(t, hook, f, l); err != nil {
			if t.Err() != nil {
				return err // the bot ends
			}
			return g.failedHook(t, hook, &at, err)
		}
		if at.Reported {
			g.h.Logger().Info("a webhook answers again", zap.String("webhook", hook.Name))
		}
		at = hookState{Cursor: l.Seq}
		if err := g.putHook(t, hook, at); err != nil {
			return err
		}
	}
	if len(lines) < hookPage {
		return nil
	}
	return t.Later(hookTask, hook.Name, 0, hook.Name, bot.Keep(), bot.InChat(t.Event.AppID, ""))
}

func (g *Gateway) putHook(ctx context.Context, hook *Webhook, at hookState) error {
	data, err := json.Marshal(at)
	if err == nil {
		_, err = g.back.State().Put(ctx, hookPrefix+hook.Name, data, 0)
	}
	if err != nil {
		return fmt.Errorf("gateway: the webhook %s: %w", hook.Name, err)
	}
	return nil
}

// failedHook lets a webhook rest, the longer the more often it has failed in a row.
func (g *Gateway) failedHook(t *bot.Task[string], hook *Webhook, at *hookState, why error) error {
	now := t.Now()
	if at.Failures++; at.Failures == 1 {
		at.Since = now
	}
	if !at.Reported && now.Sub(at.Since) >= deadAfter {
		at.Reported = true
		g.h.Logger().Error("a webhook does not take its events; they wait for it, and are posted in order when it does",
			zap.String("webhook", hook.Name), zap.Time("since", at.Since), zap.Error(why))
	}
	if err := g.putHook(t, hook, *at); err != nil {
		return err
	}
	rest := min(firstRest<<min(at.Failures-1, 20), mostRest)
	return t.Later(hookTask, hook.Name, rest, hook.Name, bot.InChat(t.Event.AppID, ""))
}

// deliverLine posts an event, if the webhook wants it, and sends what it answers.
func (g *Gateway) deliverLine(t *bot.Task[string], hook *Webhook, f filter, l store.Line) error {
	x, err := parse(l)
	if err != nil || !g.matches(t, f, x) {
		return err
	}
	answer, err := g.postHook(t, hook, x)
	if err != nil || !hook.Reply || x.Chat.ID == "" {
		return err
	}
	for i, b := range repliesOf(answer) {
		if err := g.reply(t, hook, x, i, b); err != nil {
			return err
		}
	}
	return nil
}

// postHook posts an event as Standard Webhooks says, and returns the answer.
func (g *Gateway) postHook(ctx context.Context, hook *Webhook, x event) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, bytes.NewReader(x.data))
	if err != nil {
		return nil, errors.New("gateway: the URL of the webhook is not valid")
	}
	id, stamp := strconv.FormatUint(x.seq, 10), strconv.FormatInt(time.Now().Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Webhook-Id", id)
	r.Header.Set("Webhook-Timestamp", stamp)
	if key, err := hook.key(); err != nil {
		return nil, err
	} else if len(key) > 0 {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + stamp + "."))
		mac.Write(x.data)
		r.Header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	resp, err := g.hooks.Do(r)
	if err != nil {
		return nil, fmt.Errorf("gateway: the webhook does not answer: %w", withoutURL(err))
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("gateway: the answer of the webhook breaks off: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		return nil, fmt.Errorf("gateway: the webhook answers %d", resp.StatusCode)
	}
	return body, nil
}

// withoutURL is an error without the URL, which may have a secret.
func withoutURL(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}
