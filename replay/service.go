package replay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
)

// Failure is how a call fails on order.
type Failure string

// The failures.
const (
	Refused Failure = "refused" // the service says no: it was not executed
	Unknown Failure = "unknown" // a gateway answers instead: nobody knows
)

// service stands for the service: it is the transport of the API client, and keeps what is asked.
// It says yes to everything, with ids that count up, and nothing else.
type service struct {
	fail map[string]Failure

	mu    sync.Mutex
	calls []Call
	event string
	route string // whose handler began last
	now   time.Time
	ids   int
	sent  map[string]*api.SentMessage // by the key of the send
}

// routeKey is the key of the route in the context of a send.
type routeKey struct{}

func (s *service) begin(event string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.event, s.route, s.now = event, "", now
}

func (s *service) entered(route string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.route = route
}

func (s *service) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *service) note(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Event = s.event
	if c.Route == "" {
		c.Route = s.route
	}
	s.calls = append(s.calls, c)
}

func (s *service) list() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

// RoundTrip implements http.RoundTripper.
func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	route, _ := r.Context().Value(routeKey{}).(string)
	s.note(Call{Route: route, Endpoint: r.URL.Path, Body: canonical(body)})
	answer := `{"ret":200,"msg":"操作成功"}`
	if r.URL.Path == "/login/checkOnline" {
		answer = `{"ret":200,"msg":"操作成功","data":true}`
	}
	status := http.StatusOK
	switch s.fail[r.URL.Path] {
	case Refused:
		answer = `{"ret":500,"msg":"refused on order"}`
	case Unknown:
		answer, status = "<html>Bad Gateway</html>", http.StatusBadGateway
	default:
		var f fields
		if json.Unmarshal(body, &f) == nil && f.To != "" {
			answer = s.sentTo(f.To)
		}
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(answer)),
		Request: r,
	}, nil
}

// sentTo is the answer to a send.
func (s *service) sentTo(to string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids++
	var b bytes.Buffer
	_ = json.NewEncoder(&b).Encode(map[string]any{"ret": http.StatusOK, "msg": "操作成功", "data": map[string]any{
		"toWxid": to, "createTime": s.now.Unix(), "msgId": s.ids, "newMsgId": 1_000_000_000_000_000 + s.ids,
	}})
	return b.String()
}

// sender is the way out of the handlers: like the outbox it sends what has a key once, but waits
// for nothing.
type sender struct {
	*service
	client *api.Client
}

// Send implements router.Sender.
func (s sender) Send(ctx context.Context, m outbox.Message) (*api.SentMessage, error) {
	s.mu.Lock()
	known := s.sent[m.Key]
	s.mu.Unlock()
	if known != nil && m.Key != "" {
		return known, nil
	}
	sent := &api.SentMessage{To: api.TargetOf(m)}
	if m.Hold != "" {
		body, err := api.EncodeSend(m.Send)
		if err != nil {
			return nil, fmt.Errorf("replay: %w", err)
		}
		s.note(Call{Route: m.Source, Endpoint: api.EndpointOf(m), Body: canonical(body), Hold: m.Hold})
	} else {
		var err error
		if sent, err = s.client.Message.Send(context.WithValue(ctx, routeKey{}, m.Source), m.Send); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent[m.Key] = sent
	return sent, nil
}

// errNoDownload is what a download returns.
var errNoDownload = errors.New("replay: nothing is downloaded in a replay: give the player Files of its own")

// files offers files by their names, and downloads nothing.
type files struct{}

// Download implements router.Files.
func (files) Download(context.Context, media.Message) (*media.File, error) {
	return nil, router.Permanent(errNoDownload)
}

// Offer implements router.Files.
func (files) Offer(_ context.Context, path string) (string, error) {
	return "https://files.invalid/" + filepath.Base(path), nil
}
