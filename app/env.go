package app

import (
	"cmp"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/conf"
)

// fillFromEnv sets what the file leaves out from the HONGYAN_ variables, the same that a bot
// without a file reads. A token of the file goes to no address of the environment: the address is
// taken only with the token. Against a simulator the variables about the world outside do not
// count.
func (s *schema) fillFromEnv(d *conf.Document, lookup func(string) (string, bool)) error {
	if lookup == nil {
		return nil
	}
	e, err := bot.ConfigFromEnv(lookup)
	if err != nil {
		return err
	}
	s.Log.Level = cmp.Or(s.Log.Level, e.LogLevel)
	s.LogText = s.LogText || e.LogText && !d.Has("log_text")
	if s.Service.Sim {
		return nil
	}
	if s.Service.Token == "" {
		s.Service.Token = e.Token
		s.Service.BaseURL = cmp.Or(s.Service.BaseURL, e.BaseURL)
	}
	s.Service.Provider = cmp.Or(s.Service.Provider, e.Provider.Name)
	if len(s.Accounts) == 0 && !d.Has("accounts") {
		for _, a := range e.Accounts {
			s.Accounts = append(s.Accounts, account{AppID: a.AppID})
		}
	}
	for _, text := range []struct {
		to   *string
		from string
	}{
		{&s.Callback.Listen, e.Listen}, {&s.Callback.Secret, e.Callback.Secret}, {&s.Callback.PublicURL, e.Callback.PublicURL},
		{&s.Data, e.Data}, {&s.Admin.Listen, e.Admin}, {&s.Alarm.Webhook, e.Alarm.Webhook}, {&s.Alarm.Owner, e.Alarm.Owner},
	} {
		*text.to = cmp.Or(*text.to, text.from)
	}
	if !d.Has("allow") {
		s.Allow.Everyone, s.Allow.Groups, s.Allow.People = e.Allow.Everyone, e.Allow.Groups, e.Allow.People
	}
	for _, d := range []struct {
		to   *time.Duration
		from time.Duration
	}{{&s.Timeout, e.Timeout}, {&s.Grace, e.Grace}, {&s.Alarm.Silence, e.Alarm.Silence}} {
		*d.to = cmp.Or(*d.to, d.from)
	}
	if word, _ := lookup("HONGYAN_PACE"); !d.Has("limits") && s.Pace == (pace{}) {
		s.Pace.Answers = strings.TrimSpace(word)
	}
	s.Parallel = cmp.Or(s.Parallel, e.Parallel)
	return nil
}
