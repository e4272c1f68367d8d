package model

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/hongyan-go/hongyan/plugin/internal/service"
)

// askCoze asks a bot of Coze. Its answer is read as a stream of events, since otherwise one has to
// ask again and again whether it is there.
func askCoze(ctx context.Context, cl *service.Client, b Backend, r Request) (Answer, error) {
	body := map[string]any{
		"bot_id": b.Model, "user_id": r.Person, "stream": true, "auto_save_history": true,
		"additional_messages": r.conversation("", "text"), "custom_variables": map[string]string{"prompt": r.System},
	}
	var a Answer
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
				return errors.New("model: coze says that the chat has failed")
			case "": // a failure is JSON without events
				return &service.StatusError{Status: http.StatusBadRequest, Code: service.CodeOf([]byte(data))}
			}
			if event == "conversation.message.completed" && got.Type == "answer" {
				a.Text += got.Content
			}
			if event == "conversation.chat.completed" {
				a.Usage, done = Usage{In: got.Usage.In, Out: got.Usage.Out}, true
			}
			return nil
		})
	})
	if err == nil && !done {
		err = errors.New("model: the answer of coze has ended too early")
	}
	return a, err
}
