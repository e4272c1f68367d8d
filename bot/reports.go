package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/router"
)

// reports tells a simulator that asks for it what the bot makes of each event, for its chat page:
// the event as decoded, and what each route said. Only a simulator on a loopback address gets
// reports.
type reports struct {
	url    string
	client *http.Client
	logger *zap.Logger
}

// reportTimeout bounds a post of a report, for which the event waits.
const reportTimeout = 2 * time.Second

// eventHeader names the event that a call is about, in calls to a simulator that asks for reports.
const eventHeader = "Hongyan-Event"

// newReports returns nil unless the service is a simulator that asks for reports.
func newReports(c Config, logger *zap.Logger) *reports {
	if !c.reported {
		return nil
	}
	u, err := url.Parse(c.BaseURL)
	if err != nil {
		return nil
	}
	return &reports{
		url:    (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/sim/reports"}).String(),
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}, Timeout: reportTimeout}, logger: logger,
	}
}

func (r *reports) close() {
	if r != nil {
		r.client.CloseIdleConnections()
	}
}

// eventKey is the key of a context that has the key of its event.
type eventKey struct{}

// mark puts the key of an event into the context of its run, from which the calls get it.
func (r *reports) mark(ctx context.Context, key string) context.Context {
	if r == nil {
		return ctx
	}
	return context.WithValue(ctx, eventKey{}, key)
}

// transport adds the header with the event to the calls.
func (r *reports) transport(next http.RoundTripper) http.RoundTripper {
	if r == nil {
		return next
	}
	return marking{next}
}

type marking struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (m marking) RoundTrip(request *http.Request) (*http.Response, error) {
	if key, ok := request.Context().Value(eventKey{}).(string); ok {
		request = request.Clone(request.Context())
		request.Header.Set(eventHeader, key)
	}
	return m.RoundTripper.RoundTrip(request)
}

// CloseIdleConnections passes on http.Client.CloseIdleConnections.
func (m marking) CloseIdleConnections() {
	if c, ok := m.RoundTripper.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// report is what POST /sim/reports of the simulator takes.
type report struct {
	Account  string          `json:"app_id"`
	NewMsgID uint64          `json:"new_msg_id,string"`
	Attempt  int             `json:"attempt"`
	Event    *callback.Event `json:"event"`
	Rules    []reportedRule  `json:"rules"`
	Done     bool            `json:"done"`
	Route    string          `json:"route,omitempty"`
	Dropped  string          `json:"dropped,omitempty"`
	Error    string          `json:"error,omitempty"`
	Millis   int64           `json:"ms"`
}

type reportedRule struct {
	Name       string   `json:"name"`
	Kind       string   `json:"kind,omitempty"`
	Conditions []string `json:"conditions,omitempty"`
	Observer   bool     `json:"observer,omitempty"`
	Handles    bool     `json:"handles"`
	Reason     string   `json:"reason,omitempty"`
	Site       string   `json:"site,omitempty"`
}

// dispatch takes an event through the routes, and reports it before and after.
func (b *Bot) dispatch(ctx context.Context, e *callback.Event, run router.Run) (router.Outcome, error) {
	r := b.reports
	if r == nil || e.NewMsgID == 0 {
		return b.router.Dispatch(ctx, e, b.servicesNow(ctx), run)
	}
	ctx = r.mark(ctx, run.Key)
	told := report{Account: e.AppID, NewMsgID: e.NewMsgID, Attempt: max(run.Attempt, 1), Event: e, Rules: []reportedRule{}}
	for _, v := range b.router.ExplainWith(ctx, e, b.servicesNow(ctx)).Routes {
		told.Rules = append(told.Rules, reportedRule{
			Name: v.Name, Kind: string(v.Kind), Conditions: v.Matchers, Observer: v.Observer, Handles: v.Handles, Reason: v.Reason,
			Site: v.Site,
		})
	}
	r.post(ctx, told)
	began := b.config.Clock.Now()
	outcome, err := b.router.Dispatch(ctx, e, b.servicesNow(ctx), run)
	told.Done, told.Route, told.Dropped = true, outcome.Route, outcome.Dropped
	told.Millis = b.config.Clock.Now().Sub(began).Milliseconds()
	if err != nil {
		told.Error = err.Error()
	}
	r.post(ctx, told)
	return outcome, err
}

// post posts a report. The event is worth more: a failure is logged, and that is all.
func (r *reports) post(ctx context.Context, told report) {
	body, err := json.Marshal(told)
	if err == nil {
		err = r.send(ctx, body)
	}
	if err != nil {
		r.logger.Debug("the simulator got no report of an event", zap.Error(err))
	}
}

func (r *reports) send(ctx context.Context, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := r.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(response.Body, 4<<10)) // also to use the connection again
	if response.StatusCode != http.StatusOK {
		return phrase.Errorf("bot: HTTP %d: %w", response.StatusCode, errors.New(string(text)))
	}
	return nil
}

// wantsReports reports whether the simulator that the bot is about to start should ask for reports:
// not with a virtual clock, whose tests ask for nothing but what the bot does.
func (c *Config) wantsReports() bool {
	return !c.SimulatorConfig.VirtualClock && clock.Settable(c.Clock)
}
