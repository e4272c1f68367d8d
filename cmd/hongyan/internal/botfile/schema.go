package botfile

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin/rules"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// schema is the structure of the file. docs/config.md describes the keys.
type schema struct {
	Service struct {
		Provider    string `yaml:"provider"`
		BaseURL     string `yaml:"base_url"`
		Token       string `yaml:"token"`
		TokenHeader string `yaml:"token_header"`
	} `yaml:"service"`
	Accounts []struct {
		AppID string `yaml:"app_id"`
		Wxid  string `yaml:"wxid"`
		Since date   `yaml:"since"`
	} `yaml:"accounts"`
	Listen   string `yaml:"listen"`
	Callback struct {
		Secret    string `yaml:"secret"`
		PublicURL string `yaml:"public_url"`
		Path      string `yaml:"path"`
		MaxBody   size   `yaml:"max_body"`
		AllowFrom list   `yaml:"allow_from"`
	} `yaml:"callback"`
	Data   string  `yaml:"data"`
	NATS   cluster `yaml:"nats"`
	Files  files   `yaml:"files"`
	Pace   string  `yaml:"pace"`
	Limits limits  `yaml:"limits"`

	AnswerTTL    duration `yaml:"answer_ttl"`
	ProactiveTTL duration `yaml:"proactive_ttl"`

	Allow struct {
		Everyone bool `yaml:"everyone"`
		Groups   list `yaml:"groups"`
		People   list `yaml:"people"`
		Admins   list `yaml:"admins"`

		FriendRequests *bool `yaml:"friend_requests"`
	} `yaml:"allow"`
	RateLimit struct {
		Events int      `yaml:"events"`
		Per    duration `yaml:"per"`
	} `yaml:"rate_limit"`
	Admin       string `yaml:"admin"`
	AdminPublic bool   `yaml:"admin_public"`
	Alarm       struct {
		Webhook string   `yaml:"webhook"`
		Owner   string   `yaml:"owner"`
		Silence duration `yaml:"silence"`
		Daytime string   `yaml:"daytime"`
		Quiet   string   `yaml:"quiet"`
		Zone    string   `yaml:"zone"`
	} `yaml:"alarm"`
	KeepSelf    bool       `yaml:"keep_self"`
	AllAnswer   bool       `yaml:"all_accounts_answer"`
	MaxAge      age        `yaml:"max_age"`
	LoopGuard   *loopGuard `yaml:"loop_guard"`
	Parallel    int        `yaml:"parallel"`
	MaxAttempts int        `yaml:"max_attempts"`
	Timeout     duration   `yaml:"timeout"`
	Grace       duration   `yaml:"grace"`
	StuckAfter  duration   `yaml:"stuck_after"`
	Lease       duration   `yaml:"lease"`
	Record      *record    `yaml:"record"`
	LogText     bool       `yaml:"log_text"`
	Rules       []rule     `yaml:"rules"`
}

type rule struct {
	Name    string `yaml:"name"`
	On      string `yaml:"on"`
	In      list   `yaml:"in"`
	From    list   `yaml:"from"`
	Private bool   `yaml:"private"`
	Group   bool   `yaml:"group"`
	AtMe    bool   `yaml:"at_me"`
	Keyword list   `yaml:"keyword"`
	Spelled bool   `yaml:"exact_spelling"`
	Exact   list   `yaml:"exact"`
	Regexp  string `yaml:"regexp"`
	Ext     list   `yaml:"ext"`
	MinSize size   `yaml:"min_size"`
	MaxSize size   `yaml:"max_size"`
	MaxAge  age    `yaml:"max_age"`
	Reply   string `yaml:"reply"`
	Forward struct {
		To      list   `yaml:"to"`
		Caption string `yaml:"caption"`
		Title   string `yaml:"title"`
	} `yaml:"forward"`
}

// build turns the file into the configuration of a bot, and notes the mistakes.
func (s *schema) build(d *document) *File {
	f := &File{Bot: bot.Config{
		BaseURL: s.Service.BaseURL, Token: s.Service.Token, Listen: s.Listen, Data: cmp.Or(s.Data, bot.DefaultData),
		Callback: bot.Callback{
			Secret: s.Callback.Secret, PublicURL: s.Callback.PublicURL, Path: s.Callback.Path, MaxBody: int64(s.Callback.MaxBody),
		},
		Allow: bot.Allow{
			Everyone: s.Allow.Everyone, Groups: s.Allow.Groups, People: s.Allow.People, Admins: s.Allow.Admins,
			NoRequests: s.Allow.FriendRequests != nil && !*s.Allow.FriendRequests,
		},
		RateLimit: bot.RateLimit{Events: s.RateLimit.Events, Per: time.Duration(s.RateLimit.Per)},
		Admin:     s.Admin, AdminPublic: s.AdminPublic,
		Alarm:    bot.Alarm{Webhook: s.Alarm.Webhook, Owner: s.Alarm.Owner, Silence: time.Duration(s.Alarm.Silence)},
		KeepSelf: s.KeepSelf, AllAnswer: s.AllAnswer, MaxAge: time.Duration(s.MaxAge), LoopGuard: s.LoopGuard.config(),
		Parallel: s.Parallel, MaxAttempts: s.MaxAttempts, Timeout: time.Duration(s.Timeout), Grace: time.Duration(s.Grace),
		StuckAfter: time.Duration(s.StuckAfter), Lease: time.Duration(s.Lease),
		AnswerTTL: time.Duration(s.AnswerTTL), ProactiveTTL: time.Duration(s.ProactiveTTL), LogText: s.LogText,
	}}
	for _, a := range s.Accounts {
		f.Bot.Accounts = append(f.Bot.Accounts, bot.Account{AppID: a.AppID, Wxid: a.Wxid, Since: a.Since.Time})
	}
	s.check(&f.Bot, d.mistakeIn)
	f.Record = s.Record.config(d.mistakeIn)
	f.NATS = s.NATS.config(d.mistakeIn)
	for i, r := range s.Rules {
		built, err := r.build()
		if err != nil {
			d.mistakeIn(fmt.Sprintf("rules[%d].regexp", i), err)
			d.broken[fmt.Sprintf("rules[%d]", i)] = true
		}
		f.Rules = append(f.Rules, built)
	}
	for _, wrong := range rules.Mistakes(f.Rules) {
		d.mistakeIn(fmt.Sprintf("rules[%d].%s", wrong.Index, wrong.Field), wrong.Err)
	}
	return f
}

// check reports the mistakes outside of the rules, and sets the fields that need parsing.
func (s *schema) check(c *bot.Config, mistake func(path string, err error)) {
	if s.Service.Token == "" {
		mistake("service.token", errors.New("it is missing: write the token, or ${HONGYAN_TOKEN}"))
	}
	if s.Service.Provider != "" {
		p, err := api.ProviderByName(s.Service.Provider)
		if err != nil {
			mistake("service.provider", err)
		}
		c.Provider = p
	}
	if s.Service.TokenHeader != "" {
		if c.Provider.Name == "" {
			c.Provider = api.VideosAPI()
		}
		c.Provider.TokenHeader = s.Service.TokenHeader
	}
	for i, a := range s.Accounts {
		if a.AppID == "" {
			mistake(fmt.Sprintf("accounts[%d].app_id", i), errors.New("it is missing"))
		}
	}
	c.Pace = s.pacing(mistake)
	c.Files = s.Files.config(mistake)
	s.checkTTLs(mistake)
	if s.Lease != 0 && time.Duration(s.Lease) < time.Second {
		mistake("lease", errors.New("it is shorter than a second: the bot could not keep its messages"))
	}
	if s.RateLimit.Events != 0 && s.RateLimit.Per <= 0 || s.RateLimit.Events < 0 {
		mistake("rate_limit", errors.New("events and per must both be positive"))
	}
	s.checkAddresses(mistake)
	s.checkIDs(mistake)
	s.checkAlarm(&c.Alarm, mistake)
	for i, n := range s.Callback.AllowFrom {
		network, err := parseNetwork(n)
		if err != nil {
			mistake(fmt.Sprintf("callback.allow_from[%d]", i), err)
		}
		c.Callback.AllowFrom = append(c.Callback.AllowFrom, network)
	}
}

// checkAlarm parses the times of the alarm.
func (s *schema) checkAlarm(a *bot.Alarm, mistake func(path string, err error)) {
	for _, w := range []struct {
		key, text string
		window    *outbox.Window
	}{{"daytime", s.Alarm.Daytime, &a.Daytime}, {"quiet", s.Alarm.Quiet, &a.Quiet}} {
		if w.text == "" {
			continue
		}
		var err error
		if *w.window, err = outbox.ParseWindow(w.text); err != nil {
			mistake("alarm."+w.key, err)
		}
	}
	if err := checkZone(s.Alarm.Zone); err != nil {
		mistake("alarm.zone", err)
	}
	a.Daytime.Zone, a.Quiet.Zone = s.Alarm.Zone, s.Alarm.Zone
}

func (r *rule) build() (rules.Rule, error) {
	built := rules.Rule{
		Name: r.Name, On: xmlmsg.Kind(r.On), In: r.In, From: r.From, Private: r.Private, Group: r.Group, AtMe: r.AtMe,
		Keyword: r.Keyword, ExactSpelling: r.Spelled, Exact: r.Exact, Ext: r.Ext, MinSize: int64(r.MinSize), MaxSize: int64(r.MaxSize),
		Reply: r.Reply, MaxAge: time.Duration(r.MaxAge),
		Forward: rules.Forward{To: r.Forward.To, Caption: r.Forward.Caption, Title: r.Forward.Title},
	}
	if r.Regexp == "" {
		return built, nil
	}
	re, err := regexp.Compile(r.Regexp)
	built.Regexp = re
	return built, err
}
