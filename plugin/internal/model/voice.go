package model

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"strings"

	"github.com/hongyan-go/hongyan/plugin/internal/service"
)

// Transcribe asks an engine with the interface of OpenAI for the words of a voice, a file of WAV;
// they are empty if it understands none. Without a language the engine finds out.
func (b Backend) Transcribe(ctx context.Context, cl *service.Client, wav []byte, language string) (string, error) {
	var body bytes.Buffer // its writes do not fail
	form := multipart.NewWriter(&body)
	if part, err := form.CreateFormFile("file", "voice.wav"); err == nil {
		_, _ = part.Write(wav)
	}
	for _, field := range [][2]string{{"model", b.Model}, {"language", language}, {"response_format", "json"}} {
		if field[1] != "" {
			_ = form.WriteField(field[0], field[1])
		}
	}
	_ = form.Close()
	var got struct {
		Text string `json:"text"`
	}
	at := strings.TrimSuffix(b.URL, "/") + "/audio/transcriptions"
	if err := cl.Post(ctx, at, b.Key, form.FormDataContentType(), &body, service.ReadJSON(&got)); err != nil {
		return "", fmt.Errorf("model: %w", err)
	}
	return strings.TrimSpace(got.Text), nil
}
