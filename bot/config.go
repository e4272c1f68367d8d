package bot

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
)

// The defaults of Config.
const (
	DefaultListen      = "127.0.0.1:8080"
	DefaultData        = "hongyan-data"
	defaultParallel    = 64
	defaultMaxAttempts = 5
	defaultTimeout     = 5 * time.Minute
	defaultGrace       = 20 * time.Second
	defaultLease       = time.Minute
	defaultStuckAfter  = time.Minute
	defaultMaxAge      = 2 * time.Hour
)

// Config configures a bot. Token or Simulator is required; the zero values of all other fields
// work.
type Config struct {
	// Simulator runs the service in the process, with virtual friends and groups: no account, no
	// token. Everyone is allowed and sends are not paced then, unless Allow or Pace are set.
	Simulator bool
	// SimulatorConfig is the simulator that Simulator runs: its world, faults and clock. An empty
	// Listen means 127.0.0.1:8900, or another port if that is taken. The bot and its simulator have
	// one clock: Clock, or else that of this configuration.
	SimulatorConfig simulator.Config

	// Provider is the service. The zero value is api.VideosAPI.
	Provider api.Provider
	// BaseURL replaces the provider's base URL. Empty means the provider's. A loopback address is
	// probed for a simulator (`hongyan simulate`): then everyone is allowed, sends are not paced,
	// and the callback is registered, unless Allow, Pace or Callback.PublicURL are set.
	BaseURL string
	// Token is the API token from the service's console; a secret.
	Token string
	// Accounts are the accounts of this bot. Events of others are dropped. Empty means all accounts
	// of the token.
	Accounts []Account

	// Owners are the wxids of the people in charge: match.Owner and the plugin owner obey them, and
	// their private messages are always heard. They get the messages of an alarm, unless
	// Alarm.Owner is set. Those who were bound by a code are in charge, too; see Bot.OfferBinding.
	Owners []string

	// Listen is the address for the callbacks. Empty means 127.0.0.1:8080. An address that is not
	// loopback needs a Callback.Secret, or a Callback.PublicURL, for which the bot makes one.
	Listen string
	// Callback says how the service reaches the bot.
	Callback Callback

	// Data is the directory for what must survive the process; docs/en/storage.md lists its files.
	// Two bots cannot share one. Empty means DefaultData; against a simulator it means that nothing
	// survives.
	Data string
	// Store keeps what must survive, instead of a file in Data: store/nats for several processes,
	// store/memory for tests. nil means Data. Run and Close close it.
	Store store.Store

	// Files configures how files are downloaded and sent.
	Files Files

	// Allow lists the people and groups that the bot listens to. The zero value means none.
	Allow Allow
	// Pace is the rest between sends. nil means outbox.DefaultPace.
	Pace *outbox.Pace
	// AnswerTTL is how long an answer may wait for its turn, ProactiveTTL a proactive send; time in
	// which sending is stopped or not allowed is left out. 0 means outbox.DefaultAnswerTTL and
	// 6 hours.
	AnswerTTL, ProactiveTTL time.Duration
	// DryRun makes a rehearsal of the bot: everything is done but the last step of each send, which
	// is counted, kept in the ledger, and logged; its text only with LogText. See also DryRun of a
	// Route, a Group and a Handle.
	DryRun bool
	// RateLimit bounds the messages of one conversation that are handled. The zero value means no
	// bound.
	RateLimit RateLimit
	// KeepSelf lets messages pass that the account itself wrote; see match.Self. Those of other
	// accounts of the bot never pass.
	KeepSelf bool
	// AllAnswer lets each account handle the messages of a group in which several accounts of the
	// bot are. Otherwise one does: the one that is mentioned, else always the same, until it leaves
	// or logs out.
	AllAnswer bool
	// MaxAge is the largest age of a message that a route without a MaxAge of its own handles:
	// after an outage the service delivers old messages. Observers get all, and friend requests do
	// not age. 0 means 2 hours, less than 0 any age.
	MaxAge time.Duration

	// Clock is the time of all that waits or compares times: pace, schedules, forms, time limits,
	// leases, and the stores that the bot opens. Requests over HTTP, Timeout and Grace go by real
	// time. nil means the clock of the machine; simulator.Simulator.Clock is one that a test moves.
	// Set the clock of your own Store as well.
	Clock Clock

	// Places finds the place in the configuration that says whether a plugin is on in a chat, such
	// as bot.yaml:12, for PluginState.Place. nil means that nothing is known of places.
	Places func(plugin, chat string) string

	// Zone is the time zone of the times that people read and write: in templates, commands and
	// reminders, and of schedules without one. nil means that of the machine.
	Zone *time.Location

	// Network is where plugins serve pages and ask services. nil means the network of the machine;
	// tests have one of their own, in which no port is opened and nobody outside is asked.
	Network Network

	// Parallel is how many conversations are handled at once. 0 means 64.
	Parallel int
	// MaxAttempts is how often a handler runs that fails. What it has sent is not sent again. 0
	// means 5, 1 means that it is not tried again.
	MaxAttempts int
	// Timeout ends the context of a handler. 0 means 5 minutes, less than 0 never.
	Timeout time.Duration
	// Grace is how long a shutdown waits for handlers before it ends their contexts. 0 means
	// 20 seconds.
	Grace time.Duration
	// Lease is how long the inbox waits for a sign of life of a handler's process before another
	// may take the message. 0 means a minute.
	Lease time.Duration

	// StuckAfter is how long a handler may run before it is logged and Stuck is called: its
	// conversation waits for it. 0 means a minute, less than 0 never.
	StuckAfter time.Duration
	// Stuck is called once for each handler that is stuck. nil means that it is only logged.
	Stuck func(Stuck)
	// LoopGuard mutes other bots in the conversations in which this one talks to them. nil means
	// the defaults of middleware.LoopGuard.
	LoopGuard *middleware.LoopGuardConfig

	// Admin is the address for the operator: /livez, /readyz, /metrics. Empty means 127.0.0.1:8081,
	// and none for a bot of a simulator; NoAdmin means none. An address that is not loopback needs
	// AdminPublic.
	Admin string
	// AdminPublic lets Admin be an address that can be reached from outside. It requires no secret.
	AdminPublic bool
	// AdminHosts are further names by which clients reach Admin, such as that of a reverse proxy.
	// Requests for other names than these, those of loopback and that of Admin are refused.
	AdminHosts []string
	// Alarm says who is notified when an account does not work.
	Alarm Alarm
	// Tracer gets OpenTelemetry spans from callback to API call. nil means no spans, at no cost.
	Tracer trace.TracerProvider

	// Recording keeps each accepted callback in files, without what it reveals about people, for
	// package replay. The zero value keeps none.
	Recording Recording
	// Record is called with each accepted callback, before the service gets its 200. An error is
	// logged, and changes nothing else. nil means that nothing is called.
	Record func(body []byte) error

	// Logger gets the log. nil means a new one that writes to standard error: lines for people on a
	// terminal, in color unless NO_COLOR is set, and JSON elsewhere.
	Logger *zap.Logger
	// LogLevel is what that new one writes: "debug", "info", "warn" or "error". Empty means info.
	// At debug, each message that got no answer has a line with the reason, at info some have.
	LogLevel string
	// LogText writes the text of messages to the log.
	LogText bool

	dry       Dry  // see NewDry
	simulated bool // the service is a simulator, in this process or another
	reported  bool // it asks for reports
}

// Account is one account of a bot.
type Account struct {
	// AppID is the device id "wx_…" that the service gave the account.
	AppID string
	// Wxid is the account's own wxid, for callbacks that leave it out. Empty means that it is
	// learned from the others.
	Wxid string
	// Since is when the account began to use the service: its age decides its limits, see
	// outbox.Pace. Zero means its first send.
	Since time.Time
	// Allow replaces Config.Allow for the account. nil means Config.Allow.
	Allow *Allow
	// Pace replaces Config.Pace for the account. nil means Config.Pace.
	Pace *outbox.Pace
}

// Callback says how the service reaches the bot.
type Callback struct {
	// Secret is expected in the path or the Authorization header. Empty means none if only this
	// machine reaches the listener; requests of a browser page or through a tunnel are refused
	// then. With a PublicURL off loopback, the bot makes a secret, keeps it in its store, and uses
	// it again at the next start.
	Secret string
	// PublicURL is how the service sees the listener, without the path: "https://bot.example.com".
	// The callback is registered with it, and Run retries until that has succeeded. Empty means
	// that the bot does not register it.
	PublicURL string
	// Path is where the callback is mounted. Empty means callback.DefaultPath.
	Path string
	// MaxBody bounds a body in bytes. 0 means callback.DefaultMaxBody.
	MaxBody int64
	// AllowFrom lists the networks that may post. Empty means all.
	AllowFrom []netip.Prefix
}

// URL returns the URL to which the service has to post: PublicURL with Path and Secret, which makes
// it a secret. It is empty without a PublicURL.
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

// Allow lists the people and groups that the bot listens to.
type Allow struct {
	Everyone bool
	Groups   []string // ids of groups: all their members
	People   []string // wxids: their private messages
	Admins   []string // wxids: everywhere

	AllGroups, AllPeople bool // all groups; the private messages of all people

	// Blocked lists wxids whose messages, requests and commands are dropped, whatever the other
	// lists say, except those of Config.Owners.
	Blocked []string

	// Operators lists wxids whose private messages pass, whatever the other lists say: people who
	// may use some commands, and are not in charge.
	Operators []string

	// Targets lists chats that can be written to although the bot only listens to them: where
	// something is to be forwarded to, for one.
	Targets []string

	// NoRequests drops friend requests, and notices in private chats such as the one about a new
	// friend. Otherwise they pass, whoever they are about.
	NoRequests bool

	// Listen lists chats that the bot only listens to, unless they are listed above.
	Listen Listen
}

// Listen lists chats that a bot listens to without answering. Observers and routes with
// router.Watch see their messages; other routes, commands and forms do not, not even those of
// Admins in a group. A send into such a chat, by whomever, fails with ErrListenOnly, unless it goes
// to a person in charge.
type Listen struct {
	AllGroups, AllPeople bool
	Groups, People       []string // ids
}

func (l Listen) empty() bool { return !l.AllGroups && !l.AllPeople && len(l.Groups)+len(l.People) == 0 }

// has reports whether the bot listens to a chat.
func (l Listen) has(chat string) bool {
	switch {
	case chat == "":
		return false
	case callback.IsGroup(chat):
		return l.AllGroups || slices.Contains(l.Groups, chat)
	}
	return l.AllPeople || slices.Contains(l.People, chat)
}

// RateLimit bounds the messages of one conversation that are handled: Events in the time Per.
type RateLimit struct {
	Events int
	Per    time.Duration
}

// allowHint ends the warning about the first message that is dropped.
const allowHint = "set HONGYAN_ALLOW, allow: in the config file, or Config.Allow"

func (a Allow) empty() bool {
	return !a.Everyone && !a.AllGroups && !a.AllPeople && len(a.Groups)+len(a.People)+len(a.Admins) == 0 && a.Listen.empty()
}
