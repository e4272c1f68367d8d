package llm

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/hongyan-go/hongyan/plugin/internal/model"
	"github.com/hongyan-go/hongyan/plugin/internal/service"
)

// conversation is a request as a list of messages; system is empty for a service that has its
// prompt already.
func (r request) conversation(system, contentType string) []model.Message {
	var all []model.Message
	if system != "" {
		all = append(all, model.Message{Role: "system", Content: system, Type: contentType})
	}
	for _, x := range r.Turns {
		all = append(all, model.Message{Role: "user", Content: x.Question, Type: contentType},
			model.Message{Role: "assistant", Content: x.Answer, Type: contentType})
	}
	return append(all, model.Message{Role: "user", Content: r.Text, Type: contentType})
}

// askOpenAI asks what has the interface of OpenAI. FastGPT has it, too: it knows the model by its
// key, and without a chatId it remembers nothing itself.
func askOpenAI(ctx context.Context, cl *service.Client, b Backend, r request) (answer, error) {
	got, err := model.Ask(ctx, cl, b.URL, b.Key, model.Question{Model: b.Model, Messages: r.messages()})
	return answer{Text: got.Text, In: got.Usage.In, Out: got.Usage.Out}, err
}

// messages are the request as messages for the interface of OpenAI.
func (r request) messages() []model.Message {
	messages := r.conversation(r.System, "")
	if parts := withPictures(r.Text, r.Pictures); len(parts) > 1 {
		messages[len(messages)-1].Content = parts
	}
	return messages
}

// askDify asks an app of Dify. It has a prompt of its own, which can use ours as the variable
// "prompt", and remembers the conversation itself, under an id that we remember. Its answer is read
// as a stream: agents have nothing else, and one of another app is cut off after 100 seconds.
func askDify(ctx context.Context, cl *service.Client, b Backend, r request) (answer, error) {
	body := map[string]any{
		"inputs": map[string]string{"prompt": r.System}, "query": r.Text, "response_mode": "streaming",
		"conversation_id": r.Chat, "user": r.Person,
	}
	var a answer
	parts, done := "", false
	err := b.post(ctx, cl, "/chat-messages", body, func(body io.Reader) error {
		return events(body, func(ping, data string) error {
			if ping != "" { // the events have their names in the data
				return nil
			}
			var got struct {
				Event    string `json:"event"`
				Answer   string `json:"answer"`
				Chat     string `json:"conversation_id"`
				Metadata struct {
					Usage model.Usage `json:"usage"`
				} `json:"metadata"`
			}
			if err := service.ReadJSON(&got)(strings.NewReader(data)); err != nil {
				return err
			}
			a.Chat = cmp.Or(got.Chat, a.Chat)
			switch got.Event {
			case "agent_message":
				parts += got.Answer
			case "message": // a part, or after those of an agent the whole
				a.Text += got.Answer
			case "message_replace": // by the moderation of the app
				a.Text, parts = got.Answer, ""
			case "message_end":
				a.In, a.Out, done = got.Metadata.Usage.In, got.Metadata.Usage.Out, true
			case "": // the whole answer, from a server that knows no streams, or a failure
				if got.Answer == "" {
					return &service.StatusError{Status: http.StatusBadRequest, Code: service.CodeOf([]byte(data))}
				}
				a.Text, parts, done = got.Answer, "", true
				a.In, a.Out = got.Metadata.Usage.In, got.Metadata.Usage.Out
			case "error":
				return &service.StatusError{Status: http.StatusBadRequest, Code: service.CodeOf([]byte(data))}
			}
			return nil
		})
	})
	var s *service.StatusError
	if r.Chat != "" && errors.As(err, &s) && s.Status == http.StatusNotFound { // it has forgotten the conversation
		r.Chat = ""
		return askDify(ctx, cl, b, r)
	}
	if err == nil && !done {
		err = errors.New("llm: the answer of dify has ended too early")
	}
	a.Text = cmp.Or(a.Text, parts)
	return a, err
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
		case lines.Text() == "": // the end of an event, perhaps of one without data
			event = ""
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
