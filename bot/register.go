package bot

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/reach"
)

// firstTry bounds the first call of a bot: what is wrong with the service must be said while a person still looks at the log.
const firstTry = 8 * time.Second

// anyAccount stands for an account in a question that is only to show whether the service answers.
const anyAccount = "wx_unknown"

// introduce registers the callback URL, however often that must be tried: the network, a tunnel or the service may be up later than the
// bot. Without a URL it asks the service whether it is there. It returns an error only if no change elsewhere can mend it: a wrong
// token, or a URL that the service can never reach.
func (b *Bot) introduce(ctx context.Context, addr net.Addr) error {
	try, what := b.probe, "the service does not work"
	reached := b.config.Callback
	if reached.PublicURL = b.reachable(addr); reached.PublicURL != "" {
		what = "the callback URL is not registered"
		try = func(ctx context.Context) (*reach.Problem, error) { return b.register(ctx, reached) }
	}
	for n := 1; ; n++ {
		found, err := b.attempt(ctx, n, try)
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // the end of the bot has made it fail
		case found == nil:
			b.unready.Store(nil)
			return nil
		}
		why := what + ": " + found.Cause
		b.unready.Store(&why)
		if found.Final {
			b.logger.Error(what, zap.String("cause", found.Cause), zap.String("do", found.Do))
			return fmt.Errorf("bot: %s; %s: %w", why, found.Do, err)
		}
		rest := backoff(n)
		b.logger.Warn(what+", trying again", zap.String("cause", found.Cause), zap.String("do", found.Do), zap.Duration("in", rest.Round(time.Second/10)))
		if !pause(ctx, rest) {
			return nil
		}
	}
}

// attempt is the n-th try.
func (b *Bot) attempt(ctx context.Context, n int, try func(context.Context) (*reach.Problem, error)) (*reach.Problem, error) {
	if n == 1 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, firstTry)
		defer cancel()
	}
	return try(ctx)
}

// probe makes one cheap call. That the account is offline, or not known, is an answer.
func (b *Bot) probe(ctx context.Context) (*reach.Problem, error) {
	id := anyAccount
	if known := b.config.Accounts; len(known) > 0 {
		id = known[0].AppID
	}
	_, err := b.client.Login.CheckOnline(ctx, id)
	if err == nil {
		return nil, nil
	}
	found := reach.Service(err)
	if !found.Final && reach.Refused(err) {
		return nil, nil
	}
	return found, err
}

// register tells the service where to post.
func (b *Bot) register(ctx context.Context, reached Callback) (*reach.Problem, error) {
	u, err := url.Parse(reached.URL())
	if err != nil {
		return &reach.Problem{Cause: "the public URL cannot be read", Do: "write it like https://bot.example.com", Final: true}, err
	}
	if err := b.client.Login.SetCallback(ctx, u.String()); err != nil {
		return reach.Registration(context.WithoutCancel(ctx), u, b.client.BaseURL(), err), err
	}
	b.logger.Info("the callback URL is registered", zap.String("url", reach.Shown(u)))
	if err := (Registration{Host: reached.PublicURL, At: time.Now()}).Remember(ctx, b.store.State()); err != nil {
		b.logger.Warn("hongyan status and doctor will not know it", zap.Error(err))
	}
	return nil, nil
}

// notReady is why the bot is not ready, for /readyz.
func (b *Bot) notReady() []string {
	if why := b.unready.Load(); why != nil {
		return []string{*why}
	}
	return nil
}

// backoff is the rest before try n+1: about one second, two, four … up to a minute, with jitter.
func backoff(n int) time.Duration {
	d := min(time.Second<<min(n-1, 6), time.Minute)
	return d/2 + rand.N(d) //nolint:gosec // jitter is not a secret
}
