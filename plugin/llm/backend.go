package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// The names of the backends.
const (
	openAI  = "openai"
	dify    = "dify"
	coze    = "coze"
	fastGPT = "fastgpt"
)

// request is what a backend is asked.
type request struct {
	System string
	Turns  []exchange
	Text   string
	Chat   string // id of the conversation, of a backend that remembers itself
	Person string
}

// answer is what a backend says.
type answer struct {
	Text string `json:"text"`
	Chat string `json:"chat,omitempty"`
	In   int    `json:"in"`  // tokens that it read
	Out  int    `json:"out"` // tokens that it wrote
}

// backends ask a model, by the name of its interface.
var backends = map[string]func(context.Context, *client, Backend, request) (answer, error){
	openAI: askOpenAI, fastGPT: askOpenAI, dify: askDify, coze: askCoze,
}

// client posts to backends. A small one of our own: the library of OpenAI adds 18 MB to a program.
type client struct{ http *http.Client }

func newClient(timeout time.Duration) *client {
	return &client{&http.Client{
		Timeout:       timeout,
		Transport:     http.DefaultTransport.(*http.Transport).Clone(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the key is for one host
	}}
}

// maxAnswer bounds the body of an answer, in bytes.
const maxAnswer = 4 << 20

// statusError is an answer that is a failure. It has no text of the service, which may repeat the
// question or the key.
type statusError struct {
	status int
	code   string
}

func (e *statusError) Error() string {
	text := "llm: the model's service answered " + http.StatusText(e.status)
	if e.status > 0 {
		text = fmt.Sprintf("llm: the model's service answered %d %s", e.status, http.StatusText(e.status))
	}
	if e.code != "" {
		text += " (" + e.code + ")"
	}
	return text
}

// isPermanent reports whether another try has the same result.
func isPermanent(err error) bool {
	var s *statusError
	if !errors.As(err, &s) {
		return false
	}
	switch s.status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return s.status >= 300 && s.status < 500
}

// post posts JSON and reads the answer.
func (cl *client) post(ctx context.Context, at, key string, body any, read func(io.Reader) error) error {
	data, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("llm: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, at, bytes.NewReader(data))
	if err != nil {
		return errors.New("llm: the address of the model cannot be used")
	}
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	answer, err := cl.http.Do(r)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) { // the address may have a secret
			err = wrapped.Err
		}
		return fmt.Errorf("llm: the model cannot be asked: %w", err)
	}
	defer answer.Body.Close()
	limited := io.LimitReader(answer.Body, maxAnswer)
	if answer.StatusCode != http.StatusOK {
		head, _ := io.ReadAll(io.LimitReader(limited, 64<<10))
		return &statusError{answer.StatusCode, codeOf(head)}
	}
	return read(limited)
}

// codeOf is the code in the body of a failure.
func codeOf(body []byte) string {
	var failed struct {
		Code  any `json:"code"`
		Error struct {
			Code any    `json:"code"`
			Type string `json:"type"`
		} `json:"error"`
	}
	_ = json.Unmarshal(body, &failed) // what does not fit stays empty
	for _, code := range []any{failed.Error.Code, failed.Error.Type, failed.Code} {
		if text := fmt.Sprint(code); code != nil && regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,60}$`).MatchString(text) {
			return text
		}
	}
	return ""
}

// readJSON reads an answer of JSON.
func readJSON(to any) func(io.Reader) error {
	return func(r io.Reader) error {
		if err := json.NewDecoder(r).Decode(to); err != nil {
			return errors.New("llm: the answer of the model's service is not the JSON that is expected; is the address right?")
		}
		return nil
	}
}

func endpoint(b Backend, path string) string { return strings.TrimSuffix(b.URL, "/") + path }
