package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The defaults of Config.
const (
	defaultQueryTimeout = 10 * time.Second
	defaultSendTimeout  = 30 * time.Second
	defaultMediaTimeout = 120 * time.Second
	defaultMaxResponse  = 16 << 20
)

// Config configures a Client. Token is required; the zero values of the others work.
type Config struct {
	// Provider is the flavour of the service. The zero value is VideosAPI.
	Provider Provider
	// BaseURL replaces the base URL of the provider. Empty means that of the provider.
	BaseURL string
	// Token is the API token from the service's console. It never appears in errors, formatted
	// output or JSON.
	Token string `json:"-"`
	// HTTPClient makes the requests. nil means a new client. Its own timeout should be zero,
	// because the timeouts below depend on the call.
	HTTPClient *http.Client
	// Transport wraps the transport of HTTPClient, for metrics and traces. nil leaves it as it is.
	Transport func(next http.RoundTripper) http.RoundTripper
	// QueryTimeout bounds calls that read data, SendTimeout calls that send, and MediaTimeout calls
	// for which the service downloads a file first. 0 means 10 seconds, 30 seconds and 2 minutes.
	QueryTimeout, SendTimeout, MediaTimeout time.Duration
	// UseProxy makes the service route every call through the account's proxy, which is slower.
	// false means the default of the service, which is not to.
	UseProxy bool
	// MaxResponse bounds an answer, in bytes. 0 means 16 MiB.
	MaxResponse int64
}

// Client calls the service. It has a field for each module of the API, and is safe for concurrent
// use.
type Client struct {
	Login    *LoginService
	Contacts *ContactsService
	IM       *IMService
	Group    *GroupService
	Message  *MessageService
	Download *DownloadService
	SNS      *SNSService
	Label    *LabelService
	Personal *PersonalService
	Favor    *FavorService
	Finder   *FinderService
	Tools    *ToolsService

	config Config
	token  secret
}

// New returns a client. It opens no connection.
func New(c Config) (*Client, error) {
	if c.Token == "" {
		return nil, errors.New("api: no token: set Config.Token to the API token of the service's console")
	}
	if strings.TrimSpace(c.Token) != c.Token || strings.ContainsFunc(c.Token, func(r rune) bool { return r < ' ' || r >= 0x7f }) {
		return nil, errors.New("api: the token is not plain text, or has white space around it: set Config.Token to the bare token")
	}
	if c.Provider == (Provider{}) {
		c.Provider = VideosAPI()
	}
	if c.BaseURL != "" {
		c.Provider.BaseURL = c.BaseURL
	}
	base, err := url.Parse(c.Provider.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("api: the base URL %q is not an http or https URL", redacted(c.Provider.BaseURL))
	}
	c.Provider.BaseURL = strings.TrimSuffix(c.Provider.BaseURL, "/")
	if c.Provider.TokenHeader == "" {
		return nil, errors.New("api: Provider.TokenHeader is empty: the service expects the token in a header")
	}
	if c.HTTPClient == nil {
		c.HTTPClient = &http.Client{Transport: newTransport()}
	}
	own := *c.HTTPClient
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the token must not go elsewhere
	if c.Transport != nil {
		if own.Transport == nil {
			own.Transport = http.DefaultTransport
		}
		own.Transport = c.Transport(own.Transport)
	}
	c.HTTPClient = &own
	for _, d := range []struct {
		value *time.Duration
		def   time.Duration
	}{{&c.QueryTimeout, defaultQueryTimeout}, {&c.SendTimeout, defaultSendTimeout}, {&c.MediaTimeout, defaultMediaTimeout}} {
		if *d.value == 0 {
			*d.value = d.def
		}
	}
	if c.MaxResponse == 0 {
		c.MaxResponse = defaultMaxResponse
	}
	token := c.Token
	c.Token = ""
	client := &Client{config: c, token: secret{&token}}
	client.Login = &LoginService{client}
	client.Contacts = &ContactsService{client}
	client.IM = &IMService{client}
	client.Group = &GroupService{client}
	client.Message = &MessageService{client}
	client.Download = &DownloadService{client}
	client.SNS = &SNSService{client}
	client.Label = &LabelService{client}
	client.Personal = &PersonalService{client}
	client.Favor = &FavorService{client}
	client.Finder = &FinderService{client}
	client.Tools = &ToolsService{client}
	return client, nil
}

// gewe reports whether the service is the flavour that the vendor documents separately: some of its
// required fields differ.
func (c *Client) gewe() bool { return c.config.Provider.Name == GeWe().Name }

// BaseURL returns the URL to which the paths of the calls are appended.
func (c *Client) BaseURL() string { return c.config.Provider.BaseURL }

// Close closes idle connections.
func (c *Client) Close() { c.config.HTTPClient.CloseIdleConnections() }

// newTransport allows as many connections as there may be calls, because all of them go to one
// host.
func newTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 64
	return t
}

// secret is a string that is not printed: for a pointer inside a struct, fmt prints only the
// address.
type secret struct{ value *string }

// String returns the configuration without the token.
func (c Config) String() string {
	return fmt.Sprintf("api.Config{%s %s}", c.Provider.Name, redacted(c.Provider.BaseURL))
}

// Format writes String for every verb: %d and others would print the fields.
func (c Config) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, c.String()) }

// redacted returns a URL without its password.
func redacted(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return "(not a URL)"
	}
	return u.Redacted()
}
