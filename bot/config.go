package bot

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
)

// The defaults of Config.
const (
	DefaultListen      = "127.0.0.1:8080"
	DefaultData        = "hongyan-data"
	DefaultParallel    = 64
	DefaultMaxAttempts = 5
	DefaultTimeout     = 5 * time.Minute
	DefaultGrace       = 20 * time.Second
	DefaultLease       = time.Minute
	DefaultStuckAfter  = time.Minute
	DefaultMaxAge      = 2 * time.Hour
)

// Config of a bot. Token, or Simulator, is required; the zero values of all others work.
type Config struct {
	// Simulator runs the service in the process, with virtual friends and groups: no account, no token.
	// Everybody is allowed and sends are not paced then, unless Allow or Pace say otherwise.
	Simulator bool

	// Provider is the service. The zero value is api.VideosAPI.
	Provider api.Provider
	// BaseURL replaces the provider's base URL. Empty means the provider's. A loopback address is asked whether it is a simulator (`hongyan simulate`):
	// then everybody is allowed, sends are not paced, and the callback is registered, unless Allow, Pace or Callback.PublicURL say otherwise.
	BaseURL string
	// Token is the API token from the service's console; a secret.
	Token string
	// Accounts are the accounts of this bot. Events of others are dropped. Empty means all accounts of the token.
	Accounts []Account

	// Listen is the address for the callbacks. Empty means DefaultListen. An address that is not loopback
	// needs a Callback.Secret, or a Callback.PublicURL, for which the bot makes one.
	Listen string
	// Callback says how the service reaches the bot.
	Callback Callback

	// Data is the directory for what must survive the process: docs/storage.md tells what is in it. Two bots cannot share one. Empty means
	// DefaultData; against a simulator it means that nothing survives.
	Data string
	// Store keeps what must survive, instead of a file in Data: store/nats for several processes, store/memory for tests. nil means Data. Run and Close
	// close it.
	Store store.Store

	// Files says how files are downloaded and sent.
	Files Files

	// Allow says whom the bot listens to. The zero value means nobody.
	Allow Allow
	// Pace is the rest between sends. nil means outbox.DefaultPace.
	Pace *outbox.Pace
	// AnswerTTL is how long an answer may wait for its turn, ProactiveTTL a proactive send; time in which sending is stopped or not allowed is left out. 0 means
	// outbox.DefaultAnswerTTL and outbox.DefaultProactiveTTL.
	AnswerTTL, ProactiveTTL time.Duration
	// RateLimit bounds the messages of one conversation that are handled. The zero value means no bound.
	RateLimit RateLimit
	// KeepSelf lets messages pass that the account itself wrote; see match.Self. Those of other accounts of the bot never do.
	KeepSelf bool
	// AllAnswer lets each account handle the messages of a group in which several accounts of the bot are. Otherwise one does: the one that is
	// mentioned, else always the same, until it leaves or logs out.
	AllAnswer bool
	// MaxAge is how old a message may be that a route handles, for routes without a MaxAge of their own: after an outage the service delivers old
	// messages. Observers see all, and friend requests do not age. 0 means DefaultMaxAge, less than 0 any age.
	MaxAge time.Duration

	// Parallel is how many conversations are handled at once. 0 means DefaultParallel.
	Parallel int
	// MaxAttempts is how often a handler is tried that fails. What it has sent is not sent again. 0 means DefaultMaxAttempts, 1 never again.
	MaxAttempts int
	// Timeout ends the context of a handler. 0 means DefaultTimeout, less than 0 never.
	Timeout time.Duration
	// Grace is how long a shutdown waits for handlers before it ends their contexts. 0 means DefaultGrace.
	Grace time.Duration
	// Lease is how long the inbox waits for a sign of life of a handler's process before another may
	// take the message. 0 means DefaultLease.
	Lease time.Duration

	// StuckAfter is how long a handler may run before the log names it, and Stuck is called: its conversation waits behind it.
	// 0 means DefaultStuckAfter, less than 0 never.
	StuckAfter time.Duration
	// Stuck is called once for each handler that is stuck. nil means nobody is.
	Stuck func(Stuck)
	// LoopGuard mutes other bots in the conversations in which this one talks to them. nil means the defaults of middleware.LoopGuard.
	LoopGuard *middleware.LoopGuardConfig

	// Admin is the address for the operator: /livez, /readyz, /metrics. Empty means DefaultAdmin, and none for a bot of a simulator; NoAdmin
	// means none. An address that is not loopback needs AdminPublic.
	Admin string
	// AdminPublic lets Admin be an address that can be reached from outside. It asks nobody for a secret.
	AdminPublic bool
	// Alarm says whom to tell when an account does not work.
	Alarm Alarm
	// Tracer gets OpenTelemetry spans from callback to API call. nil means no spans, at no cost.
	Tracer trace.TracerProvider

	// Record is called with each callback that is accepted, before the service gets its 200: see replay.Recorder. An error is logged, and no more. nil
	// records nothing.
	Record func(body []byte) error

	// Logger gets the log. nil means a new one that writes to standard error.
	Logger *zap.Logger
	// LogText writes the text of messages to the log.
	LogText bool

	dry       Dry  // see NewDry
	simulated bool // the service is a simulator, in this process or another
}

// Account is one account of a bot.
type Account struct {
	// AppID is the device id "wx_…" that the service gave the account.
	AppID string
	// Wxid is the account's own wxid, for callbacks that leave it out. Empty means that it is learned from the others.
	Wxid string
	// Since is when the account began to use the service: its age decides its limits, see outbox.Pace. Zero means its first send.
	Since time.Time
}

// Callback says how the service reaches the bot.
type Callback struct {
	// Secret is expected in the path or the Authorization header. Empty means none if only this machine reaches the listener, and
	// what a browser page or a tunnel brings is refused then. With a PublicURL off loopback, the bot makes a secret, keeps it in its
	// store, and uses it again at the next start.
	Secret string
	// PublicURL is how the service sees the listener, without the path: "https://bot.example.com". The
	// callback is registered with it, and Run goes on trying until that has worked. Empty means that somebody else registers it.
	PublicURL string
	// Path is where the callback is mounted. Empty means callback.DefaultPath.
	Path string
	// MaxBody bounds a body in bytes. 0 means callback.DefaultMaxBody.
	MaxBody int64
	// AllowFrom lists the networks that may post. Empty means all.
	AllowFrom []netip.Prefix
}

// URL is where the service has to post: PublicURL with Path and Secret, which makes it a secret. It is empty without a PublicURL.
func (c Callback) URL() string {
	if c.PublicURL == "" {
		return ""
	}
	target := strings.TrimSuffix(c.PublicURL, "/") + strings.TrimSuffix(c.callbackPath(), "/")
	if c.Secret != "" {
		target += "/" + url.PathEscape(c.Secret)
	}
	return target
}

// Allow says whom the bot listens to.
type Allow struct {
	Everyone bool
	Groups   []string // ids of groups: all their members
	People   []string // wxids: their private messages
	Admins   []string // wxids: everywhere

	// NoRequests drops friend requests, and notices in private chats such as the one about a new friend. They pass otherwise, whoever they are about.
	NoRequests bool
}

// RateLimit bounds the messages of one conversation that are handled: Events in the time Per.
type RateLimit struct {
	Events int
	Per    time.Duration
}

// allowHint ends the warning about the first message that is dropped.
const allowHint = "set HONGYAN_ALLOW, allow: in the config file, or Config.Allow"

func (c Config) withDefaults() (Config, error) {
	if !c.Simulator && c.Token == "" {
		return c, errors.New("bot: no token: set HONGYAN_TOKEN or Config.Token, or Config.Simulator to try without an account")
	}
	if c.Provider.Name == "" {
		c.Provider = api.VideosAPI()
	}
	c.simulated = c.Simulator || IsSimulator(c.BaseURL)
	if c.simulated && c.Allow.empty() {
		c.Allow.Everyone = true
	}
	if c.Pace == nil {
		pace := outbox.DefaultPace()
		if c.simulated {
			pace = outbox.Unlimited()
		}
		c.Pace = &pace
	}
	if c.Data == "" && !c.simulated && c.dry.HTTPClient == nil {
		c.Data = DefaultData
	}
	if c.LoopGuard == nil {
		c.LoopGuard = &middleware.LoopGuardConfig{}
	}
	if c.simulated && c.Alarm.Silence == 0 {
		c.Alarm.Silence = -1
	}
	if c.Listen == "" {
		c.Listen = DefaultListen
		if c.Simulator {
			c.Listen = "127.0.0.1:0"
		}
	}
	if c.dry.HTTPClient == nil {
		if err := c.Callback.check(); err != nil {
			return c, err
		}
		if c.Callback.Secret == "" && !c.Callback.MakesSecret() && isPublic(c.Listen) {
			return c, noSecret(c.Listen)
		}
	}
	for _, d := range []struct {
		value *int
		def   int
		name  string
	}{{&c.Parallel, DefaultParallel, "Parallel"}, {&c.MaxAttempts, DefaultMaxAttempts, "MaxAttempts"}} {
		if *d.value == 0 {
			*d.value = d.def
		}
		if *d.value < 0 {
			return c, fmt.Errorf("bot: Config.%s is %d: it must be positive", d.name, *d.value)
		}
	}
	for _, d := range []struct {
		value *time.Duration
		def   time.Duration
	}{{&c.Timeout, DefaultTimeout}, {&c.Grace, DefaultGrace}, {&c.Lease, DefaultLease}, {&c.StuckAfter, DefaultStuckAfter}, {&c.MaxAge, DefaultMaxAge}} {
		if *d.value == 0 {
			*d.value = d.def
		}
	}
	if c.Lease < minLease {
		return c, fmt.Errorf("bot: Config.Lease is %v: it must be at least %v", c.Lease, minLease)
	}
	return c, nil
}

// minLease is the shortest lease that leaves a heartbeat the time to renew it.
const minLease = 10 * time.Millisecond

func (a Allow) empty() bool {
	return !a.Everyone && len(a.Groups)+len(a.People)+len(a.Admins) == 0
}
