package api

import (
	"encoding/base64"
	"errors"
	"strings"
)

// DecodeImage decodes a picture in an answer, such as a QR code. The service writes pictures as
// plain base64 or as a data URI.
func DecodeImage(s string) ([]byte, error) {
	if head, body, found := strings.Cut(s, ","); found && strings.HasPrefix(head, "data:") {
		s = body
	}
	s = strings.TrimRight(strings.Join(strings.Fields(s), ""), "=")
	if s == "" {
		return nil, errors.New("api: no picture in the answer")
	}
	picture, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		return nil, errors.New("api: the picture of the answer is not base64")
	}
	return picture, nil
}
