package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/hongyan-go/hongyan/plugin/internal/service"
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
	// Pictures are the files of the pictures that Text has, for a backend that sees them.
	Pictures []string
}

// answer is what a backend says.
type answer struct {
	Text string `json:"text"`
	Chat string `json:"chat,omitempty"`
	In   int    `json:"in"`  // tokens that it read
	Out  int    `json:"out"` // tokens that it wrote
	// Read means that it read what a tool found, Changed that a tool may have changed something.
	Read    bool `json:"read,omitempty"`
	Changed bool `json:"changed,omitempty"`
}

// backends ask a model, by the name of its interface.
var backends = map[string]func(context.Context, *service.Client, Backend, request) (answer, error){
	openAI: askOpenAI, fastGPT: askOpenAI, dify: askDify, coze: askCoze,
}

// post posts JSON to a path of a backend, and reads the answer.
func (b Backend) post(ctx context.Context, cl *service.Client, path string, body any, read func(io.Reader) error) error {
	data, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("llm: %w", err)
	}
	err = cl.Post(ctx, strings.TrimSuffix(b.URL, "/")+path, b.Key, "application/json", bytes.NewReader(data), read)
	if err != nil {
		return fmt.Errorf("llm: %w", err)
	}
	return nil
}
