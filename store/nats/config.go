package nats

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"go.uber.org/zap"
)

// The defaults of Config.
const (
	DefaultURL        = "nats://127.0.0.1:4222"
	DefaultPrefix     = "hongyan"
	DefaultPartitions = 16
	DefaultRemember   = 7 * 24 * time.Hour
	DefaultMaxBytes   = 4 << 30
	DefaultTakeover   = 6 * time.Second
)

// MaxPartitions bounds Config.Partitions.
const MaxPartitions = 256

// Config of a store. The zero value is for a server on this machine without authentication.
type Config struct {
	// URL is where the servers are, separated by commas; a tls:// URL asks for TLS. Empty means DefaultURL.
	URL string
	// Name is what the servers show for this connection. Empty means "hongyan".
	Name string
	// Credentials is the path of a .creds file (JWT and nkey). NKeySeed is the path of a file with the seed of an nkey.
	Credentials, NKeySeed string
	// User and Password are for servers that know users by name.
	User, Password string
	// CAFile is the PEM file of the authority that signed the servers' certificates; empty means those of the system.
	// CertFile and KeyFile are the client's certificate, where servers ask for one.
	CAFile, CertFile, KeyFile string

	// Prefix begins all subjects, and in capitals the names of the streams: bots with different prefixes share nothing. It has letters, digits, - and _.
	// Empty means DefaultPrefix.
	Prefix string
	// Replicas is how many servers keep each message: 1, 3 or 5. 0 means what the streams have, and for new ones 3 in a cluster and 1 on a single
	// server. It can be raised later, but not lowered.
	Replicas int
	// Partitions is into how many parts the lanes are spread, at least as many as processes. It cannot be changed later. 0 means what the inbox has,
	// and DefaultPartitions for a new one.
	Partitions int
	// Remember is how long keys, and sends that are final, are known. The callbacks are kept as long. 0 means DefaultRemember.
	Remember time.Duration
	// MaxBytes bounds the inbox, done callbacks included; Append returns store.ErrFull beyond. 0 means DefaultMaxBytes.
	MaxBytes int64
	// Takeover is how long a process may be silent until others take over its partitions. The same for all processes. 0 means DefaultTakeover.
	Takeover time.Duration

	// Maintenance opens the store beside the bots that work on it, for looking and for mending: the process is no member, owns nothing, and is handed
	// no work.
	Maintenance bool

	// Monitors are the monitoring URLs of the servers, such as http://10.0.0.1:8222. With them Open refuses servers that do not sync every write to the
	// disk (sync_interval: always); without, it cannot know, and logs a reminder.
	Monitors []string
	// Logger gets what a person should know. nil means no logs.
	Logger *zap.Logger

	now   func() time.Time // what Remember is measured with
	limit limits           // of what is held in memory
}

var (
	legalPrefix = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)
)

// withDefaults checks the config and fills in what is zero.
func (c Config) withDefaults() (Config, error) {
	if c.URL == "" {
		c.URL = DefaultURL
	}
	if c.Name == "" {
		c.Name = "hongyan"
	}
	if c.Prefix == "" {
		c.Prefix = DefaultPrefix
	}
	if c.Remember == 0 {
		c.Remember = DefaultRemember
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = DefaultMaxBytes
	}
	if c.Takeover == 0 {
		c.Takeover = DefaultTakeover
	}
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	if c.limit == (limits{}) {
		c.limit = limits{maxHeld, maxHeldBytes}
	}
	if c.now == nil {
		c.now = time.Now
	}
	switch {
	case !legalPrefix.MatchString(c.Prefix):
		return c, fmt.Errorf("nats: the prefix %q must have 1 to 32 letters, digits, - and _", c.Prefix)
	case c.Replicas < 0 || c.Replicas > 5:
		return c, fmt.Errorf("nats: %d replicas: take 1, 3 or 5", c.Replicas)
	case c.Partitions < 0 || c.Partitions > MaxPartitions:
		return c, fmt.Errorf("nats: %d partitions: take 1 to %d", c.Partitions, MaxPartitions)
	case c.Remember < 0 || c.MaxBytes < 0:
		return c, fmt.Errorf("nats: remember %v and max bytes %d must not be negative", c.Remember, c.MaxBytes)
	case c.Takeover < 100*time.Millisecond:
		return c, fmt.Errorf("nats: a takeover after %v: take a second or more", c.Takeover)
	case (c.CertFile == "") != (c.KeyFile == ""):
		return c, errors.New("nats: a client certificate needs both CertFile and KeyFile")
	case c.Credentials != "" && c.NKeySeed != "":
		return c, errors.New("nats: take either Credentials or NKeySeed")
	}
	return c, nil
}

// hold is how long after its last renewal an owner goes on: it stops before others may begin.
func (c Config) hold() time.Duration { return c.Takeover * 3 / 4 }

// beat is the time between two renewals.
func (c Config) beat() time.Duration { return c.Takeover / 8 }
