package nats

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/internal/wait"
)

const (
	tryTimeout  = 2 * time.Second  // of one request: a server without a leader does not answer
	callTimeout = 10 * time.Second // of a call without a deadline: electing a leader takes four to six seconds
	firstPause  = 50 * time.Millisecond
	maxPause    = 500 * time.Millisecond
)

// cluster is the connection to the servers.
type cluster struct {
	names
	conn   *nats.Conn
	js     jetstream.JetStream
	logger *zap.Logger
}

// inboxPrefix is the subject prefix of replies. It is not the common _INBOX, which other users of
// the account may read.
func (n names) inboxPrefix() string { return "_INBOX_" + n.prefix }

func connect(c Config) (*cluster, error) {
	cl := &cluster{names: names{c.Prefix}, logger: c.Logger}
	options := []nats.Option{
		nats.Name(c.Name),
		nats.CustomInboxPrefix(cl.inboxPrefix()),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(200 * time.Millisecond),
		nats.ReconnectJitter(100*time.Millisecond, 100*time.Millisecond),
		nats.PingInterval(5 * time.Second),
		nats.Timeout(5 * time.Second),
		nats.ReconnectBufSize(-1), // a request that cannot be sent now must fail, and not be sent later
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				c.Logger.Warn("lost the connection to NATS, reconnecting", zap.Error(err))
			}
		}),
		nats.ReconnectHandler(func(nc *nats.Conn) {
			c.Logger.Info("reconnected to NATS", zap.String("server", nc.ConnectedServerName()))
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			if errors.Is(err, nats.ErrPermissionViolation) {
				c.Logger.Error("NATS denies a permission that the store needs, see docs/en/scaling.md", zap.Error(err))
			}
		}),
	}
	security, err := c.security()
	if err != nil {
		return nil, err
	}
	cl.conn, err = nats.Connect(c.URL, append(options, security...)...)
	switch {
	case errors.Is(err, nats.ErrAuthorization):
		return nil, fmt.Errorf("nats: the server refuses this user, check User, Password, Credentials or NKeySeed: %w", err)
	case err != nil:
		return nil, fmt.Errorf("nats: no connection to %s, is a server running there? %w: %w", redacted(c.URL), store.ErrUnavailable, err)
	}
	cl.js, err = jetstream.New(cl.conn, jetstream.WithDefaultTimeout(tryTimeout))
	if err != nil {
		cl.conn.Close()
		return nil, fmt.Errorf("nats: %w", err)
	}
	return cl, nil
}

// security returns the options for TLS and authentication.
func (c Config) security() ([]nats.Option, error) {
	var options []nats.Option
	for _, file := range []string{c.Credentials, c.NKeySeed, c.CAFile, c.CertFile, c.KeyFile} {
		if file == "" {
			continue
		}
		if _, err := os.Stat(file); err != nil {
			return nil, fmt.Errorf("nats: %w", err)
		}
	}
	if c.Credentials != "" {
		options = append(options, nats.UserCredentials(c.Credentials))
	}
	if c.NKeySeed != "" {
		option, err := nats.NkeyOptionFromSeed(c.NKeySeed)
		if err != nil {
			return nil, fmt.Errorf("nats: %s holds no nkey seed: %w", c.NKeySeed, err)
		}
		options = append(options, option)
	}
	if c.User != "" {
		options = append(options, nats.UserInfo(c.User, c.Password))
	}
	if c.CAFile != "" {
		options = append(options, nats.RootCAs(c.CAFile))
	}
	if c.CertFile != "" {
		options = append(options, nats.ClientCert(c.CertFile, c.KeyFile))
	}
	return options, nil
}

// redacted returns URLs without their user information, which may hold a password.
func redacted(urls string) string {
	list := strings.Split(urls, ",")
	for i, u := range list {
		u = strings.TrimSpace(u)
		if at := strings.LastIndexByte(u, '@'); at >= 0 {
			scheme, _, _ := strings.Cut(u, "://")
			u = scheme + "://" + u[at+1:]
		}
		list[i] = u
	}
	return strings.Join(list, ", ")
}

// retry runs try until it succeeds or fails permanently, or until ctx is done or limit has passed
// (0 means no limit). uncertain says that an earlier try got no answer and may have been executed.
func retry(ctx context.Context, limit time.Duration, try func(ctx context.Context, uncertain bool) error) error {
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, store.ErrUnavailable)
		defer cancel()
	}
	uncertain := false
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		once, cancel := context.WithTimeout(ctx, tryTimeout)
		err := try(once, uncertain)
		cancel()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)):
			return fmt.Errorf("%w: %w", store.ErrUnavailable, ctx.Err())
		case !temporary(err):
			return err
		}
		uncertain = uncertain || !errors.Is(err, errTryAgain)
		if wait.For(ctx, nil, pause) != nil {
			if context.Cause(ctx) == store.ErrUnavailable { //nolint:errorlint // the very value that was set above
				return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
			}
			return fmt.Errorf("%w: %w", store.ErrUnavailable, ctx.Err())
		}
	}
}

// errTryAgain is returned by a try that knows that nothing was executed and that should be
// repeated.
var errTryAgain = errors.New("nats: try again")

// temporary reports whether an error means that the cluster has no leader or cannot be reached now,
// as opposed to a refusal.
func temporary(err error) bool {
	if isFull(err) || errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount) {
		return false
	}
	var api *jetstream.APIError
	if errors.As(err, &api) {
		return api.Code == 503 || api.Code == 429 || api.ErrorCode == errCodeIncompleteBatch
	}
	for _, t := range []error{
		errTryAgain, context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoResponders, jetstream.ErrNoStreamResponse, nats.ErrDisconnected,
		nats.ErrConnectionReconnecting, nats.ErrReconnectBufExceeded, nats.ErrStaleConnection, jetstream.ErrNoHeartbeat,
	} {
		if errors.Is(err, t) {
			return true
		}
	}
	return false
}

// Error codes that the client library does not name.
const (
	errCodeStorageFull     jetstream.ErrorCode = 10047
	errCodeMemoryFull      jetstream.ErrorCode = 10028
	errCodeAccountFull     jetstream.ErrorCode = 10002
	errCodeStoreFailed     jetstream.ErrorCode = 10077
	errCodeIncompleteBatch jetstream.ErrorCode = 10176
)

func isFull(err error) bool {
	var api *jetstream.APIError
	if !errors.As(err, &api) {
		return false
	}
	full := []jetstream.ErrorCode{errCodeStorageFull, errCodeMemoryFull, errCodeAccountFull}
	return slices.Contains(full, api.ErrorCode) || api.ErrorCode == errCodeStoreFailed && strings.Contains(api.Description, "maximum")
}

func isWrongLast(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) &&
		(api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}

// explain wraps the error of a request: what failed, the matching error of the store contract, and
// advice.
func (c *cluster) explain(what, subject string, err error) error {
	switch denied := c.denied(subject); {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrConflict), errors.Is(err, store.ErrNotFound):
		return err
	case denied != nil:
		return fmt.Errorf("nats: cannot %s: the user lacks a permission, see docs/en/scaling.md: %w", what, denied)
	case isFull(err):
		return fmt.Errorf("nats: cannot %s: %w: %w", what, store.ErrFull, err)
	case errors.Is(err, store.ErrUnavailable):
		return fmt.Errorf("nats: cannot %s: %w", what, err)
	case errors.Is(err, nats.ErrConnectionClosed), temporary(err):
		return fmt.Errorf("nats: cannot %s: %w: %w", what, store.ErrUnavailable, err)
	}
	return fmt.Errorf("nats: cannot %s: %w", what, err)
}

// denied returns the server's last permission error if it concerns the subject. The server does not
// answer a request that it denies.
func (c *cluster) denied(subject string) error {
	if last := c.conn.LastError(); subject != "" && errors.Is(last, nats.ErrPermissionViolation) &&
		strings.Contains(last.Error(), `"`+subject+`"`) {
		return last
	}
	return nil
}
