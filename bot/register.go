package bot

import (
	"context"
	"net"
	"net/url"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/reach"
)

// anyAccount stands for an account in a call that only checks whether the service answers.
const anyAccount = "wx_unknown"

// introduce registers the callback URL, however often that must be tried. Without a URL it asks the
// service whether it is there. It returns an error only if no change elsewhere can help: a wrong
// token, or a URL that the service can never reach.
func (b *Bot) introduce(ctx context.Context, addr net.Addr) error {
	try, what := b.probe, "the service does not work"
	reached := b.config.Callback
	if reached.PublicURL = b.reachable(addr); reached.PublicURL != "" {
		what = "the callback URL is not registered"
		try = func(ctx context.Context) (*reach.Problem, error) { return b.register(ctx, reached) }
	}
	unready := func(p *reach.Problem) {
		why := what + ": " + p.Cause.String()
		b.unready.Store(&why)
	}
	final, err := reach.Until(ctx, try, func(p *reach.Problem, rest time.Duration) {
		unready(p)
		b.logger.Warn(what+", trying again", zap.Stringer("cause", p.Cause), zap.Stringer("do", p.Do),
			zap.Duration("in", rest.Round(time.Second/10)))
	})
	switch {
	case final != nil:
		unready(final)
		b.logger.Error(what, zap.Stringer("cause", final.Cause), zap.Stringer("do", final.Do))
		return phrase.Errorf("bot: %v: %v; %v: %w", phrase.Word(what), final.Cause, final.Do, err)
	case ctx.Err() == nil:
		b.unready.Store(nil)
	}
	return nil
}

// probe makes one cheap call. That the account is offline or unknown is an answer.
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
		return &reach.Problem{Cause: phrase.New("the public URL cannot be read"),
			Do: phrase.New("write it like https://bot.example.com"), Final: true}, err
	}
	if err := b.client.Login.SetCallback(ctx, u.String()); err != nil {
		return reach.Registration(context.WithoutCancel(ctx), u, b.client.BaseURL(), err), err
	}
	b.logger.Info("the callback URL is registered", zap.String("url", reach.Shown(u)))
	if err := (Registration{Host: reached.PublicURL, At: b.config.Clock.Now()}).Remember(ctx, b.store.State()); err != nil {
		b.logger.Warn("hongyan status and doctor will not know it", zap.Error(err))
	}
	return nil, nil
}

// notReady returns why the bot is not ready, for /readyz.
func (b *Bot) notReady() []string {
	if why := b.unready.Load(); why != nil {
		return []string{*why}
	}
	return nil
}
