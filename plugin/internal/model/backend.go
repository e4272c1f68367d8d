package model

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin/internal/service"
)

// The interfaces of backends.
const (
	OpenAI  = "openai"
	Dify    = "dify"
	Coze    = "coze"
	FastGPT = "fastgpt"
)

// Backend is what answers: an interface at an address up to the version.
type Backend struct {
	Interface, URL, Key string
	Model               string // for Coze the id of the bot; Dify and FastGPT know it by the key
}

// Exchange is a question with its answer.
type Exchange struct{ Question, Answer string }

// Request is what a backend is asked.
type Request struct {
	System string
	Turns  []Exchange // of earlier
	Text   string
	Chat   string // id of the conversation, of a backend that remembers itself
	Person string // whoever asks, under a name for the backend
	// Pictures are the files of the pictures that Text has, for a backend that sees them.
	Pictures []string
}

// Answer is what a backend says.
type Answer struct {
	Text  string
	Chat  string
	Usage Usage
}

// backends ask, by the name of their interface.
var backends = map[string]func(context.Context, *service.Client, Backend, Request) (Answer, error){
	OpenAI: askOpenAI, FastGPT: askOpenAI, Dify: askDify, Coze: askCoze,
}

// Check returns which field of a backend is wrong, and why; an empty field means none. An empty
// interface is that of OpenAI.
func (b *Backend) Check() (field string, err error) {
	if b.Interface == "" {
		b.Interface = OpenAI
	}
	if b.Interface == Coze && b.URL == "" {
		b.URL = "https://api.coze.cn"
	}
	if b.Interface == OpenAI && b.URL == "" && b.Model != "" {
		if b.URL = VendorOf(b.Model); b.URL != "" && b.Key == "" {
			return "key", phrase.Errorf("it is missing: %s answers at %s, which wants one; or write the url of a server of your own", b.Model, b.URL)
		}
	}
	if _, known := backends[b.Interface]; !known {
		return "backend", phrase.Errorf("there is no backend %q: write openai, dify, coze or fastgpt", b.Interface)
	}
	if err := service.CheckURL(b.URL); err != nil {
		return "url", err
	}
	if b.Model == "" && (b.Interface == OpenAI || b.Interface == Coze) {
		return "model", errors.New("it is missing")
	}
	return "", nil
}

// VendorOf is the address of the vendor that a well-known model is of; empty for other models.
func VendorOf(name string) string {
	for _, vendor := range []struct{ begins, url string }{
		{"deepseek-", "https://api.deepseek.com/v1"},
		{"qwen", "https://dashscope.aliyuncs.com/compatible-mode/v1"},
		{"gpt-", "https://api.openai.com/v1"},
		{"glm-", "https://open.bigmodel.cn/api/paas/v4"},
		{"moonshot-", "https://api.moonshot.cn/v1"},
		{"kimi-", "https://api.moonshot.cn/v1"},
		{"doubao-", "https://ark.cn-beijing.volces.com/api/v3"},
		{"hunyuan-", "https://api.hunyuan.cloud.tencent.com/v1"},
	} {
		if strings.HasPrefix(strings.ToLower(name), vendor.begins) {
			return vendor.url
		}
	}
	return ""
}

// Sees reports whether the interface takes pictures.
func (b Backend) Sees() bool { return b.Interface == OpenAI || b.Interface == FastGPT }

// Ask asks a backend that Check has found right.
func (b Backend) Ask(ctx context.Context, cl *service.Client, r Request) (Answer, error) {
	return backends[b.Interface](ctx, cl, b, r)
}

// askOpenAI asks what has the interface of OpenAI. FastGPT has it, too: it knows the model by its
// key, and without a chatId it remembers nothing itself.
func askOpenAI(ctx context.Context, cl *service.Client, b Backend, r Request) (Answer, error) {
	got, err := Chat(ctx, cl, b, Question{Messages: r.Messages()})
	return Answer{Text: got.Text, Usage: got.Usage}, err
}

// Messages are the request as messages for the interface of OpenAI.
func (r Request) Messages() []Message {
	messages := r.conversation(r.System, "")
	if parts := withPictures(r.Text, r.Pictures); len(parts) > 1 {
		messages[len(messages)-1].Content = parts
	}
	return messages
}

// conversation is a request as a list of messages; system is empty for a service that has its
// prompt already.
func (r Request) conversation(system, contentType string) []Message {
	var all []Message
	if system != "" {
		all = append(all, Message{Role: "system", Content: system, Type: contentType})
	}
	for _, x := range r.Turns {
		all = append(all, Message{Role: "user", Content: x.Question, Type: contentType},
			Message{Role: "assistant", Content: x.Answer, Type: contentType})
	}
	return append(all, Message{Role: "user", Content: r.Text, Type: contentType})
}

// post posts JSON to a path of a backend, and reads the answer.
func (b Backend) post(ctx context.Context, cl *service.Client, path string, body any, read func(io.Reader) error) error {
	data, err := json.Marshal(body)
	if err != nil {
		return phrase.Errorf("model: %w", err)
	}
	err = cl.Post(ctx, strings.TrimSuffix(b.URL, "/")+path, b.Key, "application/json", bytes.NewReader(data), read)
	if err != nil {
		return phrase.Errorf("model: %w", err)
	}
	return nil
}
