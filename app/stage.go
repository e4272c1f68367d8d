package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// stage is the network of a trial. The addresses at which plugins serve are no ports of the
// machine, so that tests run beside a bot that has them, and nobody outside is asked.
type stage struct {
	mu    sync.Mutex
	doors map[string]string // what listens, by the address in the file
	web   map[string]webAnswer
}

// webAnswer is what a service outside answers in the tests of a file.
type webAnswer struct {
	Status int    `yaml:"status" default:"200" help:"The status."`
	Text   string `yaml:"text" help:"The body; for a model or an engine of voices what it says."`
}

// UnmarshalShort reads the text.
func (a *webAnswer) UnmarshalShort(text string) error {
	a.Text = text
	return nil
}

// door is a listener on another port than the file says.
type door struct {
	net.Listener
	close func()
}

func (d *door) Close() error {
	d.close()
	return d.Listener.Close()
}

// Listen implements bot.Network.
func (s *stage) Listen(address string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0") // closed with the plugin
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.doors == nil {
		s.doors = map[string]string{}
	}
	s.doors[address] = l.Addr().String()
	return &door{l, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.doors[address] == l.Addr().String() {
			delete(s.doors, address)
		}
	}}, nil
}

// Transport implements bot.Network.
func (s *stage) Transport(http.RoundTripper) http.RoundTripper { return s }

// answer has services outside answer, from now on.
func (s *stage) answer(web map[string]webAnswer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.web == nil {
		s.web = map[string]webAnswer{}
	}
	for at, a := range web {
		if a.Status == 0 {
			a.Status = http.StatusOK
		}
		s.web[strings.TrimSuffix(withoutScheme(at), "/")] = a
	}
}

func withoutScheme(at string) string {
	if _, rest, ok := strings.Cut(at, "://"); ok {
		return rest
	}
	return at
}

// RoundTrip implements http.RoundTripper: it answers as the longest of the keys that the address
// begins with.
func (s *stage) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
		_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, 64<<20))
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	at := r.URL.Host + r.URL.Path
	s.mu.Lock()
	best, found := webAnswer{}, ""
	for key, a := range s.web {
		if (at == key || strings.HasPrefix(at, key+"/")) && len(key) > len(found) {
			best, found = a, key
		}
	}
	s.mu.Unlock()
	if found == "" {
		return nil, phrase.Errorf("app: a test reaches nothing outside: write web: {%q: …} for what it answers", r.URL.Host)
	}
	body, kind := spoken(r.URL.Path, best.Text)
	return &http.Response{
		Status: fmt.Sprintf("%d %s", best.Status, http.StatusText(best.Status)), StatusCode: best.Status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Content-Type": {kind}},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}, nil
}

// spoken is the body of an answer, and its type: a text is what a model says where one is asked, as
// its service would put it.
func spoken(path, text string) (body, kind string) {
	if json.Valid([]byte(text)) && strings.ContainsAny(text[:1], "{[") {
		return text, "application/json"
	}
	var answer any
	switch {
	case strings.HasSuffix(path, "/chat/completions"):
		answer = map[string]any{
			"choices": []any{map[string]any{"message": map[string]any{"role": "assistant", "content": text}}},
			"usage":   map[string]any{"prompt_tokens": 100, "completion_tokens": 100},
		}
	case strings.HasSuffix(path, "/chat-messages"):
		answer = map[string]any{"answer": text, "conversation_id": "00000000-0000-4000-8000-000000000001"}
	case strings.HasSuffix(path, "/v3/chat"):
		completed, err := json.Marshal(map[string]any{"type": "answer", "content": text})
		if err != nil { // it cannot
			return text, "text/plain; charset=utf-8"
		}
		return "event: conversation.message.completed\ndata: " + string(completed) +
			"\n\nevent: conversation.chat.completed\ndata: {}\n\n", "text/event-stream"
	case strings.HasSuffix(path, "/audio/transcriptions"):
		answer = map[string]any{"text": text}
	default:
		return text, "text/plain; charset=utf-8"
	}
	made, err := json.Marshal(answer)
	if err != nil { // it cannot: these are texts and numbers
		return text, "text/plain; charset=utf-8"
	}
	return string(made), "application/json"
}

// maxPage bounds what is read of the answer of a plugin, in bytes.
const maxPage = 4 << 20

// request asks a page of a plugin, and returns what is not as expected.
func (s *stage) request(ctx context.Context, want *visit) (lines []phrase.Text, err error) {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	method := want.Method
	if method == "" {
		method = http.MethodGet
		if want.Body != "" {
			method = http.MethodPost
		}
	}
	url := want.URL
	if !strings.Contains(url, "://") {
		url = "http://" + url
	}
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(want.Body))
	if err != nil {
		return nil, fmt.Errorf("app: request: %w", err)
	}
	if want.Token != "" {
		r.Header.Set("Authorization", "Bearer "+want.Token)
	}
	transport := &http.Transport{DisableKeepAlives: true, DialContext: s.dial}
	response, err := (&http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}).Do(r)
	if err != nil {
		return nil, fmt.Errorf("app: request: %w", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxPage))
	if err != nil {
		return nil, fmt.Errorf("app: request: %w", err)
	}
	text = bytes.TrimSpace(text)
	if want.Status != 0 && want.Status != response.StatusCode {
		lines = append(lines, phrase.New("- answer %d", want.Status), phrase.New("+ answer %d: %s", response.StatusCode, text))
	}
	for _, words := range want.Contains {
		if !strings.Contains(string(text), words) {
			lines = append(lines, phrase.New("- answer with %q", words), phrase.New("+ answer %d: %s", response.StatusCode, text))
		}
	}
	return lines, nil
}

// dial connects to what listens at an address of the file.
func (s *stage) dial(ctx context.Context, network, address string) (net.Conn, error) {
	s.mu.Lock()
	at, ok := s.doors[address]
	s.mu.Unlock()
	if !ok {
		return nil, phrase.Errorf("no plugin of the file serves at %s", address)
	}
	return (&net.Dialer{}).DialContext(ctx, network, at)
}

// atHand is the network of a bot that is played on a simulator: a port that is taken is no reason
// not to play.
type atHand struct {
	say func(format string, args ...any)
}

// Listen implements bot.Network.
func (n atHand) Listen(address string) (net.Listener, error) {
	var c net.ListenConfig
	l, err := c.Listen(context.Background(), "tcp", address)
	if err == nil {
		return l, nil
	}
	other, otherErr := c.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if otherErr != nil {
		return nil, errors.Join(err, otherErr)
	}
	n.say("%s is taken: a plugin is at %s instead", address, other.Addr())
	return other, nil
}

// Transport implements bot.Network.
func (atHand) Transport(own http.RoundTripper) http.RoundTripper { return own }

var (
	_ bot.Network = (*stage)(nil)
	_ bot.Network = atHand{}
)
