package model

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/hongyan-go/hongyan/plugin/internal/service"
)

// askDify asks an app of Dify. It has a prompt of its own, which can use ours as the variable
// "prompt", and remembers the conversation itself, under an id that we remember. Its answer is read
// as a stream: agents have nothing else, and one of another app is cut off after 100 seconds.
func askDify(ctx context.Context, cl *service.Client, b Backend, r Request) (Answer, error) {
	body := map[string]any{
		"inputs": map[string]string{"prompt": r.System}, "query": r.Text, "response_mode": "streaming",
		"conversation_id": r.Chat, "user": r.Person,
	}
	var a Answer
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
					Usage Usage `json:"usage"`
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
				a.Usage, done = got.Metadata.Usage, true
			case "": // the whole answer, from a server that knows no streams, or a failure
				if got.Answer == "" {
					return &service.StatusError{Status: http.StatusBadRequest, Code: service.CodeOf([]byte(data))}
				}
				a.Text, parts, a.Usage, done = got.Answer, "", got.Metadata.Usage, true
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
		err = errors.New("model: the answer of dify has ended too early")
	}
	a.Text = cmp.Or(a.Text, parts)
	return a, err
}
