package bot

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
)

// FromEnv makes a bot from the environment:
//
//	HONGYAN_TOKEN            API token; without it the bot runs against a simulator of its own
//	HONGYAN_PROVIDER         videosapi (default), gewe or gewechat
//	HONGYAN_BASE_URL         base URL, instead of the provider's
//	HONGYAN_APP_ID           appIds of the accounts, separated by commas; default: all
//	HONGYAN_LISTEN           address for the callbacks; default 127.0.0.1:8080
//	HONGYAN_CALLBACK_SECRET  secret in the callback's path
//	HONGYAN_PUBLIC_URL       how the service reaches the listener, to register it
//	HONGYAN_ALLOW            "everyone", or ids of groups and people, separated by commas
//	HONGYAN_PACE             "unlimited", or "default"
//	HONGYAN_DATA             directory for what must survive
//	HONGYAN_TIMEOUT, HONGYAN_GRACE   durations, such as 90s
//	HONGYAN_PARALLEL         conversations handled at once
//	HONGYAN_LOG              debug, info (default), warn or error: what the log has
//	HONGYAN_LOG_TEXT         true writes message text to the log
//	HONGYAN_ADMIN            address of /livez and /metrics, or "off"; default 127.0.0.1:8081
//	HONGYAN_ADMIN_PUBLIC     true lets that address be reached from outside
//	HONGYAN_ADMIN_HOSTS      further names of it, such as that of a proxy, separated by commas
//	HONGYAN_ALARM_WEBHOOK    URL that gets a POST when an account does not work
//	HONGYAN_ALARM_OWNER      wxid that gets the same as a message
//	HONGYAN_ALARM_SILENCE    how long no callback may arrive in daytime; default 15m
func FromEnv() (*Bot, error) {
	c, err := ConfigFromEnv(os.LookupEnv)
	if err != nil {
		return nil, err
	}
	return New(c)
}

// ConfigFromEnv reads the variables that FromEnv lists with lookup, which works like os.LookupEnv.
func ConfigFromEnv(lookup func(string) (string, bool)) (Config, error) {
	e := env{lookup: lookup}
	c := Config{
		Token:    e.text("HONGYAN_TOKEN"),
		BaseURL:  e.text("HONGYAN_BASE_URL"),
		Listen:   e.text("HONGYAN_LISTEN"),
		Callback: Callback{Secret: e.text("HONGYAN_CALLBACK_SECRET"), PublicURL: e.text("HONGYAN_PUBLIC_URL")},
		Data:     e.text("HONGYAN_DATA"),
		Timeout:  e.duration("HONGYAN_TIMEOUT"),
		Grace:    e.duration("HONGYAN_GRACE"),
		Parallel: e.number("HONGYAN_PARALLEL"),
		LogText:  e.bool("HONGYAN_LOG_TEXT"),
		LogLevel: e.text("HONGYAN_LOG"),

		Admin: e.text("HONGYAN_ADMIN"), AdminPublic: e.bool("HONGYAN_ADMIN_PUBLIC"), AdminHosts: e.list("HONGYAN_ADMIN_HOSTS"),
		Alarm: Alarm{Webhook: e.text("HONGYAN_ALARM_WEBHOOK"), Owner: e.text("HONGYAN_ALARM_OWNER"),
			Silence: e.duration("HONGYAN_ALARM_SILENCE")},
	}
	if name := e.text("HONGYAN_PROVIDER"); name != "" {
		provider, err := api.ProviderByName(name)
		e.check("HONGYAN_PROVIDER", err)
		c.Provider = provider
	}
	for _, id := range e.list("HONGYAN_APP_ID") {
		c.Accounts = append(c.Accounts, Account{AppID: id})
	}
	c.Allow = parseAllow(e.list("HONGYAN_ALLOW"))
	switch pace := e.text("HONGYAN_PACE"); pace {
	case "", "default":
	case "unlimited":
		unlimited := outbox.Unlimited()
		c.Pace = &unlimited
	default:
		e.check("HONGYAN_PACE", fmt.Errorf("%q is neither unlimited nor default", pace))
	}
	c.Simulator = c.Token == ""
	return c, e.err
}

func parseAllow(ids []string) Allow {
	var a Allow
	for _, id := range ids {
		switch {
		case id == "everyone":
			a.Everyone = true
		case strings.HasSuffix(id, "chatroom"):
			a.Groups = append(a.Groups, id)
		default:
			a.People = append(a.People, id)
		}
	}
	return a
}

// env reads variables, and keeps the first error.
type env struct {
	lookup func(string) (string, bool)
	err    error
}

func (e *env) text(name string) string {
	value, _ := e.lookup(name)
	return strings.TrimSpace(value)
}

func (e *env) list(name string) []string {
	var items []string
	for item := range strings.SplitSeq(e.text(name), ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func (e *env) duration(name string) time.Duration {
	value := e.text(name)
	if value == "" {
		return 0
	}
	d, err := time.ParseDuration(value)
	if err != nil {
		err = fmt.Errorf("%q is not a duration: write 90s, 5m or 2h", value)
	}
	e.check(name, err)
	return d
}

func (e *env) number(name string) int {
	value := e.text(name)
	if value == "" {
		return 0
	}
	n, err := strconv.Atoi(value)
	e.check(name, err)
	return n
}

func (e *env) bool(name string) bool {
	value := e.text(name)
	if value == "" {
		return false
	}
	b, err := strconv.ParseBool(value)
	e.check(name, err)
	return b
}

func (e *env) check(name string, err error) {
	if err != nil && e.err == nil {
		e.err = fmt.Errorf("bot: environment variable %s: %w", name, err)
	}
}
