package record

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/callback"
)

// DefaultForwardTimeout is how long a Tee waits for the answer of the bot.
const DefaultForwardTimeout = 10 * time.Second

// TeeConfig configures a Tee. Record is required; the zero values of the others work.
type TeeConfig struct {
	// Record keeps a body: Recorder.Record. The service gets its answer after Record has returned.
	Record func(body []byte) error
	// Forward is the callback URL of a bot that also gets each body, and whose status the service
	// gets. Empty means none: the answer is 200. If it has no path, that of the request is
	// appended.
	Forward string
	// Secret is expected as the last element of the path, or as the Authorization header. Empty
	// lets anyone who reaches the listener post; the bot still requires its own secret.
	Secret string
	// MaxBody bounds a body in bytes. 0 means callback.DefaultMaxBody.
	MaxBody int64
	// Client forwards. nil means a new one with DefaultForwardTimeout.
	Client *http.Client
}

// Tee is a callback URL that records what it gets and forwards it to a bot. It answers
//
//	200            the body is recorded, and there is no bot; also to each GET then
//	the bot's      the body is recorded, and a bot has answered
//	401            a wrong secret
//	413            a body above MaxBody
//	502            the body is recorded, but the bot was not reached: to be posted again
//	503            the body was not recorded, and not forwarded
type Tee struct {
	config  TeeConfig
	forward *url.URL
	secret  [sha256.Size]byte
}

// NewTee makes a tee.
func NewTee(c TeeConfig) (*Tee, error) {
	if c.Record == nil {
		return nil, errors.New("record: TeeConfig.Record is not set: nothing would be kept")
	}
	t := &Tee{config: c, secret: sha256.Sum256([]byte(c.Secret))}
	if c.Forward != "" {
		u, err := url.Parse(c.Forward)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, errors.New("record: the URL of the bot is not an http or https URL") // it may contain a secret: not quoted
		}
		t.forward = u
	}
	if t.config.MaxBody == 0 {
		t.config.MaxBody = callback.DefaultMaxBody
	}
	if t.config.Client == nil {
		t.config.Client = &http.Client{Timeout: DefaultForwardTimeout}
	}
	own := *t.config.Client
	// the page there does not get the message
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.config.Client = &own
	return t, nil
}

// ServeHTTP implements http.Handler.
func (t *Tee) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !t.authorized(r) {
		http.Error(w, "wrong or missing secret", http.StatusUnauthorized)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, t.config.MaxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		http.Error(w, "body too large", http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		http.Error(w, "body cut off", http.StatusBadRequest)
		return
	}
	if r.Method == http.MethodPost {
		if err := t.config.Record(body); err != nil {
			http.Error(w, "not recorded, post it again", http.StatusServiceUnavailable)
			return
		}
	}
	if t.forward == nil {
		return
	}
	if err := t.pass(w, r, body); err != nil {
		http.Error(w, "the bot was not reached, post it again", http.StatusBadGateway)
	}
}

// pass forwards a request to the bot, and returns its answer.
func (t *Tee) pass(w http.ResponseWriter, r *http.Request, body []byte) error {
	target := *t.forward
	if strings.Trim(target.Path, "/") == "" {
		target.Path, target.RawPath = r.URL.Path, r.URL.RawPath
	}
	request, err := http.NewRequestWithContext(r.Context(), r.Method, target.String(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	for _, name := range []string{"Content-Type", "Authorization"} {
		if values := r.Header.Values(name); len(values) > 0 {
			request.Header[name] = values
		}
	}
	response, err := t.config.Client.Do(request) //nolint:gosec // the operator names the host
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	defer response.Body.Close()
	if kind := response.Header.Get("Content-Type"); kind != "" {
		w.Header().Set("Content-Type", kind)
	}
	w.WriteHeader(response.StatusCode)
	_, _ = io.Copy(w, io.LimitReader(response.Body, 1<<20)) // the service reads the status only
	return nil
}

func (t *Tee) authorized(r *http.Request) bool {
	if t.config.Secret == "" {
		return true
	}
	for _, given := range []string{path.Base(r.URL.Path), r.Header.Get("Authorization")} {
		digest := sha256.Sum256([]byte(given))
		if subtle.ConstantTimeCompare(digest[:], t.secret[:]) == 1 {
			return true
		}
	}
	return false
}
