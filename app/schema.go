package app

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/gateway"
	"github.com/hongyan-go/hongyan/history"
	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/logging"
	"github.com/hongyan-go/hongyan/media/voice"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin/models"
	"github.com/hongyan-go/hongyan/plugin/owner"
	"github.com/hongyan-go/hongyan/plugin/rules"
	"github.com/hongyan-go/hongyan/simulator"
)

// schema is the structure of the file. docs/en/config.md describes the keys.
type schema struct {
	Service struct {
		Sim         bool   `yaml:"sim"`
		Provider    string `yaml:"provider"`
		BaseURL     string `yaml:"base_url"`
		Token       string `yaml:"token"`
		TokenHeader string `yaml:"token_header"`
	} `yaml:"service"`
	Accounts []account   `yaml:"accounts"`
	Owners   []owner.Who `yaml:"owners"`
	Callback struct {
		Listen    string   `yaml:"listen"`
		Secret    string   `yaml:"secret"`
		PublicURL string   `yaml:"public_url"`
		Path      string   `yaml:"path"`
		MaxBody   int64    `yaml:"max_body,bytes"`
		AllowFrom []string `yaml:"allow_from"`
	} `yaml:"callback"`
	Zone   string  `yaml:"zone"`
	Data   string  `yaml:"data"`
	NATS   cluster `yaml:"nats"`
	Files  files   `yaml:"files"`
	Pace   pace    `yaml:"pace"`
	Limits limits  `yaml:"limits"`

	AnswerTTL    time.Duration `yaml:"answer_ttl"`
	ProactiveTTL time.Duration `yaml:"proactive_ttl" was:"notice_ttl"`

	Allow allow `yaml:"allow"`

	RateLimit struct {
		Events int           `yaml:"events"`
		Per    time.Duration `yaml:"per"`
	} `yaml:"rate_limit"`
	Admin   admin       `yaml:"admin"`
	Console consoleKeys `yaml:"console"`
	Alarm   struct {
		Webhook string        `yaml:"webhook"`
		Nobody  bool          `yaml:"owners,not"`
		Owner   string        `yaml:"owner"`
		Silence time.Duration `yaml:"silence"`
		Daytime string        `yaml:"daytime"`
		Quiet   string        `yaml:"quiet"`
		Zone    string        `yaml:"zone"`
	} `yaml:"alarm"`
	KeepSelf    bool          `yaml:"keep_self"`
	AllAnswer   bool          `yaml:"all_accounts_answer"`
	MaxAge      age           `yaml:"max_age"`
	LoopGuard   *loopGuard    `yaml:"loop_guard"`
	Parallel    int           `yaml:"parallel"`
	MaxAttempts int           `yaml:"max_attempts"`
	Timeout     time.Duration `yaml:"timeout"`
	Grace       time.Duration `yaml:"grace"`
	StuckAfter  time.Duration `yaml:"stuck_after"`
	Lease       time.Duration `yaml:"lease"`
	Record      *record       `yaml:"record"`
	LogText     bool          `yaml:"log_text"`
	Log         struct {
		Level string `yaml:"level" enum:"debug,info,warn,error" help:"what the log has; at debug, why each message got no answer."`
	} `yaml:"log"`
	Models  models.Known `yaml:"models"`
	Rules   []rules.Rule `yaml:"rules"`
	Plugins sections     `yaml:"plugins"`

	Gateway  *gateway.Config   `yaml:"gateway"`
	Webhooks []gateway.Webhook `yaml:"webhooks"`
	History  *history.Config   `yaml:"history"`

	Chats     map[string]chat `yaml:"chats" of:"chats"`
	Block     []string        `yaml:"block" of:"people"`
	MaySwitch maySwitch       `yaml:"may_switch"`

	Tests []script `yaml:"tests"`
}

type account struct {
	AppID string    `yaml:"app_id"`
	Wxid  string    `yaml:"wxid"`
	Since time.Time `yaml:"since,date"`
	Allow *allow    `yaml:"allow"`

	Listen *chatLists `yaml:"listen"`
	Answer *chatLists `yaml:"answer"`

	Pace   pace   `yaml:"pace"`
	Limits limits `yaml:"limits"`
}

// build turns the file into the configuration of a bot, and notes the mistakes.
func (s *schema) build(d *conf.Document, f *File) {
	f.Bot = bot.Config{
		BaseURL: s.Service.BaseURL, Token: s.Service.Token, Listen: s.Callback.Listen, Data: cmp.Or(s.Data, bot.DefaultData),
		Callback: bot.Callback{
			Secret: s.Callback.Secret, PublicURL: s.Callback.PublicURL, Path: s.Callback.Path, MaxBody: s.Callback.MaxBody,
		},
		Allow: s.Allow.config(), Owners: s.owners(d),
		RateLimit: bot.RateLimit{Events: s.RateLimit.Events, Per: s.RateLimit.Per},
		Admin:     s.Admin.Listen, AdminPublic: s.Admin.Public, AdminHosts: s.Admin.Hosts,
		Alarm:    bot.Alarm{Webhook: s.Alarm.Webhook, Nobody: s.Alarm.Nobody, Owner: s.Alarm.Owner, Silence: s.Alarm.Silence},
		KeepSelf: s.KeepSelf, AllAnswer: s.AllAnswer, MaxAge: time.Duration(s.MaxAge), LoopGuard: s.LoopGuard.config(d.Mistake),
		Parallel: s.Parallel, MaxAttempts: s.MaxAttempts, Timeout: s.Timeout, Grace: s.Grace,
		StuckAfter: s.StuckAfter, Lease: s.Lease,
		AnswerTTL: s.AnswerTTL, ProactiveTTL: s.ProactiveTTL, LogText: s.LogText, LogLevel: s.Log.Level,
	}
	for _, a := range s.Accounts {
		built := bot.Account{AppID: a.AppID, Wxid: a.Wxid, Since: a.Since}
		if own := a.allowed(); own != nil {
			list := own.config()
			built.Allow = &list
		}
		f.Bot.Accounts = append(f.Bot.Accounts, built)
	}
	f.block(s.Block)
	f.hear(s.operators())
	f.eachAllow(func(a *bot.Allow) { a.Targets = f.targets })
	f.chats = s.Chats
	s.check(&f.Bot, d.Mistake)
	f.Record = s.Record.config(d.Mistake)
	f.NATS = s.NATS.config(d.Mistake)
	setZone(reflect.ValueOf(s.Rules), s.Zone)
	f.Rules = s.Rules
	for _, wrong := range rules.Mistakes(f.Rules) {
		d.Mistake(fmt.Sprintf("rules[%d].%s", wrong.Index, wrong.Field), wrong.Err)
	}
	for _, hardly := range rules.Cautions(f.Rules) {
		d.Caution(fmt.Sprintf("rules[%d].%s", hardly.Index, hardly.Field), hardly.Err)
	}
	for i := range f.Rules {
		if field := f.Rules[i].NeedsOwners(); field != "" && len(f.Bot.Owners) == 0 {
			d.Mistake(fmt.Sprintf("rules[%d].%s", i, field), errors.New("the file names no owners: write owners: [wxid_…]"))
		}
	}
	if _, err := models.New(s.Models); err != nil {
		s.Plugins.mistakes(d, "models", err)
	}
	f.models = s.Models
	f.Plugins = s.Plugins.build(d, s.Zone, s.Models)
	s.checkTwice(d)
	f.gateway = s.gateway(d.Mistake)
	f.history = s.history(d.Mistake)
	f.tests = s.buildTests(d)
}

// check reports the mistakes outside of the rules, and sets the fields that need parsing.
func (s *schema) check(c *bot.Config, mistake func(path string, err error)) {
	if s.Service.Sim {
		c.Simulator = true
		c.SimulatorConfig.Voices = simulator.Voices{ToSILK: voice.ToSILK, ToWAV: voice.ToWAV}
	} else if s.Service.Token == "" {
		mistake("service.token",
			errors.New("it is missing: write the token, or ${HONGYAN_TOKEN}, or sim: true to try the bot without an account"))
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
	if _, err := logging.ParseLevel(s.Log.Level); err != nil {
		mistake("log.level", err)
	}
	if s.Alarm.Nobody && s.Alarm.Owner != "" {
		mistake("alarm.owners", errors.New("it says that nobody gets the alarm as a message, and owner names somebody: leave one out"))
	}
	for i, a := range s.Accounts {
		if a.AppID == "" {
			mistake(fmt.Sprintf("accounts[%d].app_id", i), errors.New("it is missing"))
		}
		if a.Allow != nil && (a.Listen != nil || a.Answer != nil) {
			mistake(fmt.Sprintf("accounts[%d].allow", i), errors.New("listen and answer say the same: write those, or allow"))
		}
		if err := futureDay(a.Since); err != nil {
			mistake(fmt.Sprintf("accounts[%d].since", i), err)
		}
	}
	c.Zone = s.zone(mistake)
	c.Pace = s.pacing(mistake)
	for i := range s.Accounts {
		c.Accounts[i].Pace = s.Accounts[i].pacing(c.Pace, s.Zone, fmt.Sprintf("accounts[%d].", i), mistake)
	}
	c.Files = s.Files.config(mistake)
	s.checkTTLs(mistake)
	if s.Lease != 0 && s.Lease < time.Second {
		mistake("lease", errors.New("it is shorter than a second: the bot could not keep its messages"))
	}
	if s.RateLimit.Events != 0 && s.RateLimit.Per <= 0 || s.RateLimit.Events < 0 {
		mistake("rate_limit", errors.New("events and per must both be positive"))
	}
	s.checkAddresses(mistake)
	s.checkIDs(mistake)
	s.checkAlarm(&c.Alarm, mistake)
	s.Admin.check(s.Console, mistake)
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
	a.Daytime.Zone, a.Quiet.Zone = cmp.Or(s.Alarm.Zone, s.Zone), cmp.Or(s.Alarm.Zone, s.Zone)
}
