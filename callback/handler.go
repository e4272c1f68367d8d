package callback

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// The defaults of HandlerConfig.
const (
	DefaultPath    = "/callback"
	DefaultMaxBody = 8 << 20
)

// maxProbe limits a body that is read before its sender is authenticated.
const maxProbe = 4 << 10

// Delivery is a received body and its identity.
type Delivery struct {
	Identity
	Body []byte
}

// HandlerConfig configures the HTTP side. Accept is required; the zero values of the others work.
type HandlerConfig struct {
	// Accept stores a delivery. The service gets a 200 if Accept returns nil and a 503 if it fails,
	// so Accept must return only when the delivery is durable.
	Accept func(ctx context.Context, d Delivery) error
	// Secret is expected as the last element of the path or as the bare value of the Authorization
	// header. Empty means that any client may post.
	Secret string
	// Path is the path of the callback. Empty means DefaultPath.
	Path string
	// MaxBody limits a body in bytes; a longer one is answered with 413. 0 means DefaultMaxBody.
	MaxBody int64
	// AllowFrom lists the networks that may post. They are compared with the address of the
	// connection; headers such as X-Forwarded-For are ignored. Empty means all networks.
	AllowFrom []netip.Prefix
	// Decoder identifies bodies; its Wxid is used for bodies that leave the wxid out. The zero
	// value works.
	Decoder Decoder
	// Logger gets a line for each rejected delivery. Lines about unauthenticated clients are
	// sampled, because anybody can cause any number of them. nil means no logs.
	Logger *zap.Logger
}

// Handler receives the callbacks. It responds with
//
//	200, empty  every well-formed body, also probes and events without a handler; and a GET
//	400         a body that is not a JSON object
//	401, 403    a wrong secret; an address that is not allowed, for any method
//	413         a body above MaxBody
//	503         the delivery could not be stored: the service should post it again
type Handler struct {
	config    HandlerConfig
	secret    [sha256.Size]byte
	router    chi.Router
	strangers *zap.Logger // sampled, for unauthenticated clients
}

// The sampling of log lines that unauthenticated clients can cause: the first few in a minute, and
// then one in many.
const (
	strangerLines = 5
	strangerOneIn = 1000
)

// NewHandler returns a Handler. It returns an error for an invalid config.
func NewHandler(c HandlerConfig) (*Handler, error) {
	if c.Accept == nil {
		return nil, errors.New("callback: HandlerConfig.Accept is not set: deliveries would be lost")
	}
	if c.Path == "" {
		c.Path = DefaultPath
	}
	c.Path = strings.TrimSuffix(c.Path, "/")
	if !strings.HasPrefix(c.Path, "/") || strings.ContainsAny(c.Path, "{}*") {
		return nil, fmt.Errorf("callback: the path %q must start with a slash and hold no pattern", c.Path)
	}
	if c.MaxBody == 0 {
		c.MaxBody = DefaultMaxBody
	}
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	h := &Handler{config: c, secret: sha256.Sum256([]byte(c.Secret)), router: chi.NewRouter()}
	h.strangers = c.Logger.WithOptions(zap.WrapCore(func(core zapcore.Core) zapcore.Core {
		return zapcore.NewSamplerWithOptions(core, time.Minute, strangerLines, strangerOneIn)
	}))
	h.router.Use(h.fromAllowed)
	for _, pattern := range []string{c.Path, c.Path + "/", c.Path + "/{secret}"} {
		h.router.Get(pattern, h.probe)
		h.router.Head(pattern, h.probe)
		h.router.Post(pattern, func(w http.ResponseWriter, r *http.Request) { h.receive(w, r, pathSecret(r)) })
	}
	return h, nil
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if secret, ok := h.plainPost(r); ok && h.allowed(r.RemoteAddr) {
		h.receive(w, r, secret)
		return
	}
	h.router.ServeHTTP(w, r)
}

// plainPost reports whether the router would take the request, which is nearly every one, to
// receive: the copy of the request that it makes for its variables costs more than the rest of the
// routing.
func (h *Handler) plainPost(r *http.Request) (secret string, ok bool) {
	if r.Method != http.MethodPost || r.URL.RawPath != "" || chi.RouteContext(r.Context()) != nil {
		return "", false
	}
	rest, ok := strings.CutPrefix(r.URL.Path, h.config.Path)
	if !ok || rest == "" {
		return "", ok
	}
	secret, ok = strings.CutPrefix(rest, "/")
	return secret, ok && !strings.Contains(secret, "/")
}

// pathSecret returns the secret in a path that the router has matched.
func pathSecret(r *http.Request) string {
	given := chi.URLParam(r, "secret")
	if unescaped, err := url.PathUnescape(given); err == nil && r.URL.RawPath != "" {
		return unescaped
	}
	return given
}

// probe answers a GET, by which the service, or a person with a browser, checks whether the URL
// works.
func (h *Handler) probe(w http.ResponseWriter, r *http.Request) {
	if secret := pathSecret(r); secret != "" && !h.authorized(r, secret) {
		h.refuse(w, r, http.StatusUnauthorized, "wrong secret")
	}
}

// fromAllowed passes requests from the allowed networks, for any method.
func (h *Handler) fromAllowed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !h.allowed(r.RemoteAddr) {
			h.refuse(w, r, http.StatusForbidden, "address not allowed")
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (h *Handler) receive(w http.ResponseWriter, r *http.Request, secret string) {
	if !h.authorized(r, secret) {
		h.receiveUnauthorized(w, r, secret)
		return
	}
	body, err := readBody(http.MaxBytesReader(w, r.Body, h.config.MaxBody), r.ContentLength)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		h.refuse(w, r, http.StatusRequestEntityTooLarge, "body too large: raise MaxBody if it was genuine")
		return
	case err != nil:
		h.refuse(w, r, http.StatusBadRequest, "incomplete body")
		return
	}
	identity, err := h.config.Decoder.Identify(body)
	if err != nil {
		h.refuse(w, r, http.StatusBadRequest, err.Error())
		return
	}
	if identity.Control || probes(identity, body) {
		return
	}
	if err := h.config.Accept(r.Context(), Delivery{Identity: identity, Body: body}); err != nil {
		h.config.Logger.Error("cannot store a callback", zap.Error(err))
		http.Error(w, "not stored, post it again", http.StatusServiceUnavailable)
	}
}

// maxAnnounced bounds the memory that is set aside for a body before it has arrived.
const maxAnnounced = 64 << 10

// readBody reads a body whose length is announced; -1 means that it is not.
func readBody(r io.Reader, length int64) ([]byte, error) {
	body := bytes.NewBuffer(make([]byte, 0, min(max(length, 0), maxAnnounced)+bytes.MinRead)) // ReadFrom wants room for a last read
	_, err := body.ReadFrom(r)
	return body.Bytes(), err //nolint:wrapcheck // receive tells the reasons apart
}

// receiveUnauthorized accepts only a probe, which comes without the secret in the header. A wrong
// secret in the path is rejected for a probe, too.
func (h *Handler) receiveUnauthorized(w http.ResponseWriter, r *http.Request, secret string) {
	if secret == "" && r.Header.Get("Authorization") == "" {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxProbe))
		if err == nil {
			if identity, err := Identify(body); err == nil && (identity.Control || probes(identity, body)) {
				return
			}
		}
	}
	h.refuse(w, r, http.StatusUnauthorized, "wrong or missing secret: is the registered URL the one with the secret?")
}

// authorized checks the secret that was given in the path, or else the one in the header. It
// compares digests, so that the time reveals neither the content nor the length of the secret.
func (h *Handler) authorized(r *http.Request, given string) bool {
	if h.config.Secret == "" {
		return true
	}
	if given == "" {
		given = r.Header.Get("Authorization")
	}
	digest := sha256.Sum256([]byte(given))
	return subtle.ConstantTimeCompare(digest[:], h.secret[:]) == 1
}

func (h *Handler) allowed(remote string) bool {
	if len(h.config.AllowFrom) == 0 {
		return true
	}
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, p := range h.config.AllowFrom {
		if p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, status int, why string) {
	logger := h.config.Logger
	if status == http.StatusUnauthorized || status == http.StatusForbidden || h.config.Secret == "" {
		logger = h.strangers
	}
	logger.Warn("callback refused",
		zap.Int("status", status), zap.String("why", why), zap.String("remote", r.RemoteAddr))
	http.Error(w, why, status)
}
