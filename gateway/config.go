package gateway

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/internal/localhttp"
)

// The defaults of Config, and its bounds.
const (
	defaultKeep = 14 * 24 * time.Hour
	defaultRate = 600
	defaultMax  = 20 << 20
	minSecret   = 16
)

// The rights of a token.
const (
	maySend   = "send"
	mayRead   = "read"
	mayDecide = "decide"
)

// Config configures a gateway. Listen is required; the zero values of the others work on loopback.
type Config struct {
	// Listen is the address of the gateway, such as "127.0.0.1:8090". An address that is not
	// loopback needs Tokens.
	Listen string `yaml:"listen" help:"address of the gateway, such as 127.0.0.1:8090." required:"true"`
	// Tokens are who may use it, by name. Without any, all programs of this machine may do all.
	Tokens map[string]Token `yaml:"tokens" help:"who may use the gateway, by name; required off loopback."`
	// Keep is how long events can be read again, also by a webhook that was down. 0 means 14 days.
	Keep time.Duration `yaml:"keep" help:"how long events can be read again; default 14d."`
	// Webhooks get the events as they happen.
	Webhooks []Webhook `yaml:"webhooks" help:"URLs that get the events."`
	// AllowHosts lists hosts of a private network, with or without port, from which files may be
	// sent by their URL.
	AllowHosts []string `yaml:"allow_hosts" help:"private hosts from which files may be sent by URL."`
	// Uploads is the directory for files that clients upload. Empty means one of the process: a
	// send that waits when the process ends has lost its file then.
	Uploads string `yaml:"uploads" help:"directory for uploaded files."`
	// MaxBody bounds the body of a request in bytes. 0 means 20 MiB.
	MaxBody int64 `yaml:"max_body,bytes" help:"largest body of a request; default 20MB."`
}

// Token is the right to use the gateway.
type Token struct {
	// Secret is what a client sends as "Authorization: Bearer …": 16 bytes at least.
	Secret string `yaml:"secret" help:"the secret, 16 characters at least." required:"true"`
	// May lists the rights: "send" sends and revokes messages, "read" reads events, chats and
	// queues, "decide" releases and drops messages, and says that one has arrived.
	May []string `yaml:"may" help:"the rights: send, read, decide." enum:"send,read,decide" required:"true"`
	// Chats lists the only chats of the token, by id or by a name that means only one. nil means
	// all.
	Chats []string `yaml:"chats" help:"the only chats of the token; default all."`
	// Accounts lists the only accounts of the token, by appId. nil means all.
	Accounts []string `yaml:"accounts" help:"the only accounts of the token; default all."`
	// Rate bounds the requests a minute. 0 means 600.
	Rate int `yaml:"rate" help:"requests a minute; default 600."`
}

// Webhook is a URL that gets events, each in its order and until it has been taken.
type Webhook struct {
	// Name identifies the webhook in the store: another name begins anew.
	Name string `yaml:"name" help:"name of the webhook; do not change it." required:"true"`
	// URL gets a POST for each event.
	URL string `yaml:"url" help:"where the events go." required:"true"`
	// On lists the kinds of events, such as "text". Empty means all.
	On []string `yaml:"on" also:"event" help:"kinds of events; default all."`
	// In lists the chats, by id or by a name that means only one. nil means all.
	In []string `yaml:"in" help:"chats; default all."`
	// Secret signs the requests as Standard Webhooks says: "whsec_" and base64, or any text. Empty
	// means that they are not signed.
	Secret string `yaml:"secret" help:"signs the requests as Standard Webhooks says."`
	// Reply sends what the answer of the URL says into the chat of the event.
	Reply bool `yaml:"reply" help:"send what the answer says."`
}

// check returns the mistakes of the configuration, and sets defaults.
func (c *Config) check() error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("gateway: listen: %q is no address: write host:port, such as 127.0.0.1:8090", c.Listen)
	}
	if c.Keep == 0 {
		c.Keep = defaultKeep
	}
	if c.MaxBody == 0 {
		c.MaxBody = defaultMax
	}
	var errs []error
	if len(c.Tokens) == 0 && !localhttp.Loopback(host) {
		errs = append(errs, fmt.Errorf("gateway: listen: %s can be reached from other machines: set tokens, or listen on 127.0.0.1",
			c.Listen))
	}
	if c.Keep < 0 || c.MaxBody < 0 {
		errs = append(errs, errors.New("gateway: keep and max_body must not be negative"))
	}
	secrets := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(c.Tokens)) {
		t := c.Tokens[name]
		if err := t.check(); err != nil {
			errs = append(errs, fmt.Errorf("gateway: tokens.%s: %w", name, err))
		}
		if secrets[t.Secret] {
			errs = append(errs, fmt.Errorf("gateway: tokens.%s: another token has this secret", name))
		}
		secrets[t.Secret] = true
	}
	names := map[string]bool{}
	for i, w := range c.Webhooks {
		if err := w.check(); err != nil {
			errs = append(errs, fmt.Errorf("gateway: webhooks[%d]: %w", i, err))
		}
		if names[w.Name] {
			errs = append(errs, fmt.Errorf("gateway: webhooks[%d]: the name %q is taken", i, w.Name))
		}
		names[w.Name] = true
	}
	return errors.Join(errs...)
}

func (t Token) check() error {
	switch {
	case len(t.Secret) < minSecret:
		return fmt.Errorf("secret: it has %d bytes, and needs %d: openssl rand -hex 24 makes one", len(t.Secret), minSecret)
	case len(t.May) == 0:
		return errors.New("may: it is empty: list send, read or decide")
	case t.Chats != nil && len(t.Chats) == 0:
		return errors.New("chats: it is empty, so nothing is allowed: leave it out for all chats")
	case t.Accounts != nil && len(t.Accounts) == 0:
		return errors.New("accounts: it is empty, so nothing is allowed: leave it out for all accounts")
	case t.Rate < 0:
		return errors.New("rate: it must be positive, or 0 for the default")
	}
	for _, right := range t.May {
		if right != maySend && right != mayRead && right != mayDecide {
			return fmt.Errorf("may: there is no right %q: send, read, decide", right)
		}
	}
	return nil
}

// names is what a webhook, a consumer or an Idempotency-Key may be called, as they are parts of
// keys and paths.
var names = regexp.MustCompile(`^[A-Za-z0-9._:@=+-]{1,128}$`) //nolint:gochecknoglobals // a constant

func (w Webhook) check() error {
	u, err := url.Parse(w.URL)
	switch {
	case !names.MatchString(w.Name):
		return fmt.Errorf("name: %q: use 1 to 128 letters, digits and ._:@=+-", w.Name)
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return errors.New("url: it is no http or https URL")
	case w.In != nil && len(w.In) == 0:
		return errors.New("in: it is empty, so nothing matches: leave it out for all chats")
	}
	_, err = w.key()
	return err
}
