package llm

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/hongyan-go/hongyan/plugin/internal/service"
)

// said is a message in the terms of the services.
type said struct {
	Role    string `json:"role"`
	Content any    `json:"content"`                // a text, or parts
	Type    string `json:"content_type,omitempty"` // coze
}

// conversation is a request as a list of messages; system is empty for a service that has its
// prompt already.
func (r request) conversation(system, contentType string) []said {
	var all []said
	if system != "" {
		all = append(all, said{"system", system, contentType})
	}
	for _, x := range r.Turns {
		all = append(all, said{"user", x.Question, contentType}, said{"assistant", x.Answer, contentType})
	}
	return append(all, said{"user", r.Text, contentType})
}

// askOpenAI asks what has the interface of OpenAI. FastGPT has it, too: it knows the model by its
// key, and without a chatId it remembers nothing itself.
func askOpenAI(ctx context.Context, cl *service.Client, b Backend, r request) (answer, error) {
	messages := r.conversation(r.System, "")
	if parts := withPictures(r.Text, r.Pictures); len(parts) > 1 {
		messages[len(messages)-1].Content = parts
	}
	body := struct {
		Model    string `json:"model,omitempty"`
		Messages []said `json:"messages"`
		Stream   bool   `json:"stream"`
	}{b.Model, messages, false}
	var got struct {
		Choices []struct {
			Message struct {
				Content string `json:"content"`
			} `json:"message"`
		} `json:"choices"`
		Usage usage `json:"usage"`
	}
	if err := b.post(ctx, cl, "/chat/completions", body, service.ReadJSON(&got)); err != nil {
		return answer{}, err
	}
	a := answer{In: got.Usage.In, Out: got.Usage.Out}
	if len(got.Choices) > 0 {
		a.Text = got.Choices[0].Message.Content
	}
	return a, nil
}

type usage struct {
	In  int `json:"prompt_tokens"`
	Out int `json:"completion_tokens"`
}

// askDify asks an app of Dify. It has a prompt of its own, which can use ours as the variable
// "prompt", and remembers the conversation itself, under an id that we remember.
func askDify(ctx context.Context, cl *service.Client, b Backend, r request) (answer, error) {
	body := map[string]any{
		"inputs": map[string]string{"prompt": r.System}, "query": r.Text, "response_mode": "blocking",
		"conversation_id": r.Chat, "user": r.Person,
	}
	var got struct {
		Answer   string `json:"answer"`
		Chat     string `json:"conversation_id"`
		Metadata struct {
			Usage usage `json:"usage"`
		} `json:"metadata"`
	}
	err := b.post(ctx, cl, "/chat-messages", body, service.ReadJSON(&got))
	var s *service.StatusError
	if r.Chat != "" && errors.As(err, &s) && s.Status == http.StatusNotFound { // it has forgotten the conversation
		r.Chat = ""
		return askDify(ctx, cl, b, r)
	}
	return answer{got.Answer, got.Chat, got.Metadata.Usage.In, got.Metadata.Usage.Out}, err
}

// askCoze asks a bot of Coze. Its answer is read as a stream of events, since otherwise one has to
// ask again and again whether it is there.
func askCoze(ctx context.Context, cl *service.Client, b Backend, r request) (answer, error) {
	body := map[string]any{
		"bot_id": b.Model, "user_id": r.Person, "stream": true, "auto_save_history": true,
		"additional_messages": r.conversation("", "text"), "custom_variables": map[string]string{"prompt": r.System},
	}
	var a answer
	done := false
	err := b.post(ctx, cl, "/v3/chat", body, func(body io.Reader) error {
		return events(body, func(event, data string) error {
			var got struct {
				Type    string `json:"type"`
				Content string `json:"content"`
				Usage   struct {
					In  int `json:"input_count"`
					Out int `json:"output_count"`
				} `json:"usage"`
			}
			switch event {
			case "conversation.message.completed", "conversation.chat.completed":
				if err := service.ReadJSON(&got)(strings.NewReader(data)); err != nil {
					return err
				}
			case "conversation.chat.failed", "error":
				return errors.New("llm: coze says that the chat has failed")
			case "": // a failure is JSON without events
				return &service.StatusError{Status: http.StatusBadRequest, Code: service.CodeOf([]byte(data))}
			}
			if event == "conversation.message.completed" && got.Type == "answer" {
				a.Text += got.Content
			}
			if event == "conversation.chat.completed" {
				a.In, a.Out, done = got.Usage.In, got.Usage.Out, true
			}
			return nil
		})
	})
	if err == nil && !done {
		err = errors.New("llm: the answer of coze has ended too early")
	}
	return a, err
}

// events reads a stream of events. Data that belongs to none has an empty event.
func events(r io.Reader, f func(event, data string) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, service.MaxAnswer)
	event := ""
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimSpace(value)
		switch {
		case name == "event":
			event = value
		case name == "data":
			if err := f(event, value); err != nil {
				return err
			}
			event = ""
		case json.Valid(lines.Bytes()):
			return f("", lines.Text())
		}
	}
	if err := lines.Err(); err != nil {
		return errors.New("llm: the stream of events breaks off")
	}
	return nil
}
