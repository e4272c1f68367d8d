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
	defaultURL        = "nats://127.0.0.1:4222"
	defaultPrefix     = "hongyan"
	defaultPartitions = 16
	defaultRemember   = 7 * 24 * time.Hour
	defaultMaxBytes   = 4 << 30
	defaultTakeover   = 6 * time.Second
)

// maxPartitions bounds Config.Partitions.
const maxPartitions = 256

// Config configures a store. The zero value connects to a server on this machine without
// authentication.
type Config struct {
	// URL lists the servers, separated by commas; a tls:// URL requires TLS. Empty means
	// nats://127.0.0.1:4222.
	URL string
	// Name identifies this connection on the servers. Empty means "hongyan".
	Name string
	// Credentials is the path of a .creds file (JWT and nkey). NKeySeed is the path of a file with
	// the seed of an nkey.
	Credentials, NKeySeed string
	// User and Password are for servers that authenticate by user name.
	User, Password string
	// CAFile is the PEM file of the authority that signed the servers' certificates; empty means
	// the authorities of the system. CertFile and KeyFile are the client certificate, if the
	// servers require one.
	CAFile, CertFile, KeyFile string

	// Prefix starts all subjects and, in capitals, the names of the streams: bots with different
	// prefixes share nothing. It consists of letters, digits, - and _. Empty means "hongyan".
	Prefix string
	// Replicas is how many servers keep each message: 1, 3 or 5. 0 keeps the number of existing
	// streams; new streams get 3 in a cluster and 1 on a single server. It can be raised later, but
	// not lowered.
	Replicas int
	// Partitions is the number of partitions that the lanes are distributed over, at least the
	// number of processes. It is at most 256, and cannot be changed later. 0 keeps the number of an
	// existing inbox; a new one gets 16.
	Partitions int
	// Remember is how long keys, final sends and handled callbacks are kept. 0 means
	// 7 days.
	Remember time.Duration
	// MaxBytes limits the inbox, including handled callbacks; beyond it Append returns
	// store.ErrFull. 0 means 4 GiB.
	MaxBytes int64
	// Takeover is how long a process may be silent before others take over its partitions. It
	// should be the same for all processes. 0 means 6 seconds.
	Takeover time.Duration

	// Maintenance opens a store that bots may be using, for inspection and repair: the process is
	// not a member, owns no partitions, and gets no work.
	Maintenance bool

	// Monitors lists the monitoring URLs of the servers, such as http://10.0.0.1:8222. With them,
	// Open refuses servers that do not sync every write to the disk (sync_interval: always).
	// Without them it cannot check that and logs a reminder.
	Monitors []string
	// Logger receives what an operator should know. nil means no logs.
	Logger *zap.Logger

	now   func() time.Time // the clock for Remember and for times to live
	limit limits           // on what is held in memory
}

var (
	legalPrefix = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)
)

// withDefaults validates the config and fills in zero values.
func (c Config) withDefaults() (Config, error) {
	if c.URL == "" {
		c.URL = defaultURL
	}
	if c.Name == "" {
		c.Name = "hongyan"
	}
	if c.Prefix == "" {
		c.Prefix = defaultPrefix
	}
	if c.Remember == 0 {
		c.Remember = defaultRemember
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = defaultMaxBytes
	}
	if c.Takeover == 0 {
		c.Takeover = defaultTakeover
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
		return c, fmt.Errorf("nats: %d replicas: use 1, 3 or 5", c.Replicas)
	case c.Partitions < 0 || c.Partitions > maxPartitions:
		return c, fmt.Errorf("nats: %d partitions: use 1 to %d", c.Partitions, maxPartitions)
	case c.Remember < 0 || c.MaxBytes < 0:
		return c, fmt.Errorf("nats: remember %v and max bytes %d must not be negative", c.Remember, c.MaxBytes)
	case c.Takeover < 100*time.Millisecond:
		return c, fmt.Errorf("nats: a takeover after %v: take a second or more", c.Takeover)
	case (c.CertFile == "") != (c.KeyFile == ""):
		return c, errors.New("nats: a client certificate needs both CertFile and KeyFile")
	case c.Credentials != "" && c.NKeySeed != "":
		return c, errors.New("nats: set either Credentials or NKeySeed, not both")
	}
	return c, nil
}

// hold is how long after its last renewal an owner may lease items: it stops before others may
// start.
func (c Config) hold() time.Duration { return c.Takeover * 3 / 4 }

// heartbeat is the interval between renewals.
func (c Config) heartbeat() time.Duration { return c.Takeover / 8 }
