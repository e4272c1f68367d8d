package bot

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

const (
	// ownerPrefix is the prefix of the keys of the people who were bound.
	ownerPrefix = "bot/owner/"
	// bindingKey is the key of the code that is offered.
	bindingKey = "bot/binding"
	// BindingTime is how long a code of OfferBinding is valid.
	BindingTime = 10 * time.Minute
	// bindingTries is how many wrong codes end it: there are a million.
	bindingTries = 5
	maxBound     = 100
)

// binding is the code that is offered, in the state.
type binding struct {
	Sum   string    `json:"sum"` // SHA-256 of the code
	Until time.Time `json:"until"`
	Wrong int       `json:"wrong"`
}

// owners are the wxids of the people in charge: those of Config.Owners, and those who were bound by
// a code.
func (b *Bot) owners() []string { return slices.Clone(*b.switches.owners.Load()) }

// OfferBinding makes a code that puts a person in charge of the bot: the one who sends "绑定 CODE",
// or "bind CODE", in private to one of its accounts within BindingTime. It is for the terminal of
// the operator, and works once. A newer code ends it, and so do five wrong ones. The bot listens to
// the person from then on, and keeps that in its state; Ignore reverts both. If the bot has owners
// already, it returns an empty code and a nil error.
func (b *Bot) OfferBinding(ctx context.Context) (code string, err error) {
	if b.switches.refresh(ctx); len(b.owners()) > 0 {
		return "", nil
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("bot: binding: %w", err)
	}
	code = fmt.Sprintf("%06d", n)
	value, err := json.Marshal(binding{Sum: sumOf(code), Until: b.config.Clock.Now().Add(BindingTime)})
	if err == nil {
		_, err = b.store.State().Put(ctx, bindingKey, value, BindingTime)
	}
	if err != nil {
		return "", fmt.Errorf("bot: binding: %w", err)
	}
	return code, nil
}

func sumOf(code string) string {
	sum := sha256.Sum256([]byte(code))
	return hex.EncodeToString(sum[:])
}

// binds is how a person sends a code.
var binds = regexp.MustCompile(`^[/]?(绑定|bind)\s*([0-9]{6})$`)

// binding is the middleware that takes codes, also from people whom the bot does not listen to.
func (b *Bot) binding(next router.Handler) router.Handler {
	return func(c *router.Context) error {
		t, ok := c.Payload().(*xmlmsg.Text)
		if !ok || !c.Conversation().IsPrivate() || c.Spoken() || c.Event.Self || len(t.Body) > 40 {
			return next(c)
		}
		said := binds.FindStringSubmatch(strings.TrimSpace(c.Folded()))
		if said == nil {
			return next(c)
		}
		bound, err := b.bind(c, said[2])
		switch {
		case err != nil:
			return fmt.Errorf("bot: binding: %w", err)
		case !bound:
			return next(c)
		}
		b.logger.Info("a person is in charge now, by a code", zap.String("person", c.Sender()))
		if said[1] == "bind" {
			return c.Reply("You are in charge of this bot now. Send /help for the commands.")
		}
		return c.Reply("绑定成功，您现在是机器人的负责人。发“/帮助”看有哪些命令。")
	}
}

// bind puts the sender in charge if the code is the one that is offered. A message that is handled
// again after it has bound its sender does so again.
func (b *Bot) bind(c *router.Context, code string) (bool, error) {
	state := b.store.State()
	key := stateKey(ownerPrefix, c.Sender())
	switch e, err := state.Get(c, key); {
	case err == nil && string(e.Value) == c.Event.Key():
		return true, b.switches.reload(c)
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return false, err
	}
	entry, err := state.Get(c, bindingKey)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	var offered binding
	if err == nil {
		err = json.Unmarshal(entry.Value, &offered)
	}
	now := b.config.Clock.Now()
	if err != nil || !now.Before(offered.Until) {
		return false, err
	}
	if subtle.ConstantTimeCompare([]byte(sumOf(code)), []byte(offered.Sum)) != 1 {
		b.logger.Warn("a wrong code was sent by who wants to be in charge", zap.String("person", c.Sender()))
		if offered.Wrong++; offered.Wrong >= bindingTries {
			return false, state.Delete(c, bindingKey)
		}
		value, err := json.Marshal(offered)
		if err == nil {
			_, err = state.Swap(c, bindingKey, value, entry.Revision, offered.Until.Sub(now))
		}
		return false, err // of two at once, one is tried again
	}
	if err := b.Listen(c, c.Sender()); err != nil {
		return false, err
	}
	if _, err := state.Put(c, key, []byte(c.Event.Key()), 0); err != nil {
		return false, err
	}
	if err := state.Delete(c, bindingKey); err != nil {
		return false, err
	}
	return true, b.switches.reload(c)
}

// bound reads the people who were bound.
func (s *switches) bound(ctx context.Context) (all []string, err error) {
	entries, err := s.state.List(ctx, ownerPrefix, "", maxBound)
	if err != nil {
		return nil, fmt.Errorf("bot: owners: %w", err)
	}
	for _, e := range entries {
		all = append(all, strings.TrimPrefix(e.Key, ownerPrefix))
	}
	return all, nil
}

// loadOwners reads who is in charge.
func (s *switches) loadOwners(ctx context.Context) error {
	bound, err := s.bound(ctx)
	if err != nil {
		return err
	}
	if all := slices.Concat(s.first, bound); !slices.Equal(all, *s.owners.Load()) {
		s.owners.Store(&all)
	}
	return nil
}

// servicesNow are the services, with who is in charge now.
func (b *Bot) servicesNow(ctx context.Context) router.Services {
	b.switches.refresh(ctx)
	s := b.services
	s.Owners = *b.switches.owners.Load()
	return s
}
