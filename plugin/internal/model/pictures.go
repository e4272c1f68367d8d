package model

import (
	"encoding/base64"
	"net/http"
	"os"
	"slices"
)

// MaxPicture bounds a picture that a model is shown, in bytes.
const MaxPicture = 4 << 20

// PictureTypes are the types of pictures that models take.
func PictureTypes() []string { return []string{"image/jpeg", "image/png", "image/gif", "image/webp"} }

// part is a part of a message to the model.
type part struct {
	Type  string   `json:"type"`
	Text  string   `json:"text,omitempty"`
	Image *address `json:"image_url,omitempty"`
}

type address struct {
	URL string `json:"url"`
}

// withPictures is a text with the pictures that it has, as parts of a message. A file that is gone
// is left out.
func withPictures(text string, files []string) []part {
	parts := []part{{Type: "text", Text: text}}
	for _, file := range files {
		data, err := os.ReadFile(file) //nolint:gosec // it was downloaded
		kind := http.DetectContentType(data)
		if err != nil || len(data) > MaxPicture || !slices.Contains(PictureTypes(), kind) {
			continue
		}
		at := &address{"data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(data)}
		parts = append(parts, part{Type: "image_url", Image: at})
	}
	return parts
}
