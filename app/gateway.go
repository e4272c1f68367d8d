package app

import (
	"errors"
	"reflect"
	"strings"

	"github.com/hongyan-go/hongyan/gateway"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// gateway is the configuration of the gateway; nil without the sections gateway and webhooks.
func (s *schema) gateway(mistake func(path string, err error)) *gateway.Config {
	if s.Gateway == nil && s.Webhooks == nil {
		return nil
	}
	c := gateway.Config{Webhooks: s.Webhooks}
	if s.Gateway != nil {
		c = *s.Gateway
		c.Webhooks = s.Webhooks
		if c.Listen == "" {
			mistake("gateway.listen", errors.New("it is missing: write 127.0.0.1:8090"))
			return nil
		}
	}
	_, err := gateway.New(c)
	for _, err := range split(err) {
		var field *gateway.FieldError
		if !errors.As(err, &field) {
			mistake("gateway", err)
			continue
		}
		path := field.Field
		if !strings.HasPrefix(path, "webhooks") {
			path = "gateway." + path
		}
		mistake(path, field.Err)
	}
	return &c
}

// split are the errors of a joined error; none of nil.
func split(err error) (all []error) {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	for _, one := range joined.Unwrap() {
		all = append(all, split(one)...)
	}
	return all
}

// serve installs the gateway of the file in the bot.
func (l *live) serve(file *File) error {
	if file.gateway == nil || l.look {
		return nil
	}
	g, err := gateway.New(*file.gateway)
	if err != nil {
		return err
	}
	l.gateway = g
	return l.bot.Install(g)
}

// regate gives the gateway what the file says of it now. The lines tell what has changed, and what
// needs a restart.
func (l *live) regate(next *File) (lines []phrase.Text) {
	now := next.gateway
	if (l.first.gateway == nil) != (now == nil) {
		return []phrase.Text{phrase.New("%s: %s has changed: that holds after a restart", next.place("gateway"), "gateway")}
	}
	if now == nil {
		return nil
	}
	if !reflect.DeepEqual(l.now.gateway, now) {
		lines = append(lines, phrase.New("%s: the gateway has changed", l.path))
	}
	for _, err := range split(l.gateway.Change(*now)) {
		var field *gateway.FieldError
		if !errors.As(err, &field) || !errors.Is(err, gateway.ErrRestart) {
			lines = append(lines, phrase.New("%s: %v", next.place("gateway"), err))
			continue
		}
		key := "gateway." + field.Field
		lines = append(lines, phrase.New("%s: %s has changed: %v", next.place(key), key, gateway.ErrRestart))
	}
	return lines
}
