package gateway

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/localhttp"
	"github.com/hongyan-go/hongyan/internal/suggest"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The defaults of Config, and its bounds.
const (
	defaultKeep = 14 * 24 * time.Hour
	defaultRate = 600
	defaultMax  = 20 << 20
	minSecret   = 16
	maxName     = 128 // of a webhook
)

// The rights of a token.
const (
	maySend   = "send"
	mayRead   = "read"
	mayDecide = "decide"

	mayPropose = "propose"
)

// Config configures a gateway. It needs Listen or Webhooks; the zero values of the others work on
// loopback.
type Config struct {
	// Listen is the address of the gateway, such as "127.0.0.1:8090". An address that is not
	// loopback needs Tokens. Empty means that there are only Webhooks.
	Listen string `yaml:"listen" help:"address of the gateway, such as 127.0.0.1:8090." required:"true"`
	// Tokens are who may use it, by name. Without any, all programs of this machine may do all.
	Tokens map[string]Token `yaml:"tokens" help:"who may use the gateway, by name; required off loopback."`
	// Keep is how long events can be read again, also by a webhook that was down. 0 means 14 days.
	Keep time.Duration `yaml:"keep" help:"how long events can be read again; default 14d."`
	// Webhooks get the events as they happen.
	Webhooks []Webhook `yaml:"-"` // a file has them in a section of their own
	// AllowHosts lists hosts of a private network, with or without port, from which files may be
	// sent by their URL.
	AllowHosts []string `yaml:"allow_hosts" help:"private hosts from which files may be sent by URL."`
	// Uploads is the directory for files that clients upload. Empty means "uploads" in that of the
	// downloads, and one that ends with the process for a bot that has no such directory.
	Uploads string `yaml:"uploads" help:"directory for uploaded files; default media/uploads, in the data directory."`
	// MaxBody bounds the body of a request in bytes. 0 means 20 MiB.
	MaxBody int64 `yaml:"max_body,bytes" help:"largest body of a request; default 20MB."`
	// MCP lets agents use the bot by the Model Context Protocol, at /mcp. nil means that they
	// cannot.
	MCP *MCP `yaml:"mcp" help:"lets agents use the bot over MCP, at /mcp."`
}

// MCP is what agents may do.
type MCP struct {
	// Auto lists the chats to which agents send without a person, by id or by a name that means
	// only one. In all others, each of their messages is held until a person releases it.
	Auto []string `yaml:"auto" of:"chats" help:"chats to which agents send without a person; default none."`
}

// Token is the right to use the gateway.
type Token struct {
	// Secret is what a client sends as "Authorization: Bearer …": 16 bytes at least.
	Secret string `yaml:"secret" help:"the secret, 16 characters at least." required:"true"`
	// May lists the rights: "send" sends and revokes messages, "read" reads events, chats and
	// queues, "decide" releases and drops messages, and says that one has arrived. "propose" sends,
	// too, but a person must release each message.
	May []string `yaml:"may" help:"the rights: send, propose, read, decide." enum:"send,propose,read,decide" required:"true"`
	// Chats lists the only chats of the token, by id or by a name that means only one. nil means
	// all.
	Chats []string `yaml:"chats" of:"chats" help:"the only chats of the token; default all."`
	// Accounts lists the only accounts of the token, by appId. nil means all.
	Accounts []string `yaml:"accounts" help:"the only accounts of the token; default all."`
	// Rate bounds the requests a minute. 0 means 600.
	Rate int `yaml:"rate" help:"requests a minute; default 600."`
}

// Webhook is a URL that gets events, each in its order and until it has been taken.
type Webhook struct {
	// Name identifies the webhook in the store: another name begins anew. Empty means the host and
	// the path of the URL.
	Name string `yaml:"name" help:"name of the webhook; default the host and path of the URL. Another name begins anew."`
	// URL gets a POST for each event.
	URL string `yaml:"url" help:"where the events go." required:"true"`
	// On lists the kinds of events, such as "text". Empty means all.
	On []string `yaml:"on" also:"event" help:"kinds of events; default all."`
	// In lists the chats, by id or by a name that means only one. nil means all.
	In []string `yaml:"in" of:"chats" help:"chats; default all."`
	// Secret signs the requests as Standard Webhooks says: "whsec_" and base64, or any text. Empty
	// means that they are not signed.
	Secret string `yaml:"secret" help:"signs the requests as Standard Webhooks says."`
	// Reply sends what the answer of the URL says into the chat of the event.
	Reply bool `yaml:"reply" help:"send what the answer says."`
}

// FieldError is a mistake in a field of a Config.
type FieldError struct {
	Field string // as a file spells it: tokens.ops.may, webhooks[0].url
	Err   error
}

// Error names the field.
func (e *FieldError) Error() string { return "gateway: " + e.Field + ": " + e.Err.Error() }

// Unwrap returns Err.
func (e *FieldError) Unwrap() error { return e.Err }

func wrong(field, format string, args ...any) *FieldError {
	return &FieldError{Field: field, Err: fmt.Errorf(format, args...)}
}

// check returns the mistakes of the configuration, each a FieldError, and sets defaults.
func (c *Config) check() error {
	if c.Keep == 0 {
		c.Keep = defaultKeep
	}
	if c.MaxBody == 0 {
		c.MaxBody = defaultMax
	}
	errs := []error{c.checkListen()}
	if c.Keep < 0 {
		errs = append(errs, wrong("keep", "it must not be negative"))
	}
	if c.MaxBody < 0 {
		errs = append(errs, wrong("max_body", "it must not be negative"))
	}
	secrets := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(c.Tokens)) {
		t, field := c.Tokens[name], "tokens."+name
		if !tokenNames.MatchString(name) {
			errs = append(errs, wrong(field, "a token has a name of 1 to 64 letters, digits, - and _"))
		}
		for _, err := range t.check() {
			errs = append(errs, &FieldError{Field: field + "." + err.Field, Err: err.Err})
		}
		if secrets[t.Secret] {
			errs = append(errs, wrong(field+".secret", "another token has this secret"))
		}
		secrets[t.Secret] = true
	}
	taken := map[string]bool{}
	c.Webhooks = slices.Clone(c.Webhooks)
	for i := range c.Webhooks {
		w, field := &c.Webhooks[i], fmt.Sprintf("webhooks[%d]", i)
		if err := w.check(); err != nil {
			errs = append(errs, &FieldError{Field: field + "." + err.Field, Err: err.Err})
			continue
		}
		if taken[w.Name] {
			errs = append(errs, wrong(field+".name", "the name %q is taken: give one webhook another name", w.Name))
		}
		taken[w.Name] = true
	}
	return errors.Join(errs...)
}

// checkListen checks the address, and whether it needs tokens.
func (c *Config) checkListen() error {
	if c.Listen == "" && len(c.Tokens) == 0 && len(c.Webhooks) > 0 {
		return nil
	}
	if c.Listen == "" {
		return wrong("listen", "it is missing: write host:port, such as 127.0.0.1:8090")
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if _, portErr := strconv.ParseUint(port, 10, 16); err != nil || portErr != nil {
		return wrong("listen", "%q is not an address: write host:port, such as 127.0.0.1:8090", c.Listen)
	}
	if len(c.Tokens) == 0 && !localhttp.Loopback(host) {
		return wrong("listen", "%s can be reached from other machines: set tokens, or listen on 127.0.0.1", c.Listen)
	}
	return nil
}

func (t Token) check() (all []*FieldError) {
	if len(t.Secret) < minSecret {
		all = append(all, wrong("secret", "it has %d bytes, and needs %d: openssl rand -hex 24 makes one", len(t.Secret), minSecret))
	}
	if len(t.May) == 0 {
		all = append(all, wrong("may", "it is empty: list send, propose, read or decide"))
	}
	for _, right := range t.May {
		if right != maySend && right != mayPropose && right != mayRead && right != mayDecide {
			all = append(all, wrong("may", "there is no right %q: send, propose, read, decide", right))
		}
	}
	if t.Chats != nil && len(t.Chats) == 0 {
		all = append(all, wrong("chats", "it is empty, so nothing is allowed: leave it out for all chats"))
	}
	if t.Accounts != nil && len(t.Accounts) == 0 {
		all = append(all, wrong("accounts", "it is empty, so nothing is allowed: leave it out for all accounts"))
	}
	if t.Rate < 0 {
		all = append(all, wrong("rate", "it must be positive, or 0 for the default"))
	}
	return all
}

// names is what a webhook, a consumer or an Idempotency-Key may be called, as they are parts of
// keys and paths.
var names = regexp.MustCompile(`^[A-Za-z0-9._:@=+-]{1,128}$`) //nolint:gochecknoglobals // a constant

// tokenNames is what a token may be called.
var tokenNames = regexp.MustCompile(`^[\p{L}\p{N}_-]{1,64}$`) //nolint:gochecknoglobals // a constant

func (w *Webhook) check() *FieldError {
	u, err := url.Parse(w.URL)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return wrong("url", "it is not an http or https URL") // it may have a secret
	}
	if w.Name == "" {
		name := regexp.MustCompile(`[^A-Za-z0-9._:@=+-]+`).ReplaceAllString(u.Host+u.Path, "-")
		w.Name = strings.Trim(name[:min(len(name), maxName)], "-")
	}
	switch {
	case !names.MatchString(w.Name):
		return wrong("name", "%q: use 1 to 128 letters, digits and ._:@=+-", w.Name)
	case w.In != nil && len(w.In) == 0:
		return wrong("in", "it is empty, so nothing matches: leave it out for all chats")
	}
	for _, kind := range w.On {
		if err := checkKind(kind); err != nil {
			return &FieldError{Field: "on", Err: err}
		}
	}
	if _, err = w.key(); err != nil {
		return &FieldError{Field: "secret", Err: err}
	}
	return nil
}

// checkKind reports a kind that no event has: who waits for one would wait for ever.
func checkKind(kind string) error {
	kinds := xmlmsg.Kinds()
	if slices.Contains(kinds, xmlmsg.Kind(kind)) {
		return nil
	}
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return fmt.Errorf("%.40q is not one of text, image, file, link and the other messages of docs/en/messages.md%s",
		kind, suggest.Hint(kind, words))
}
