package llm

import (
	"encoding/base64"
	"net/http"
	"os"
	"slices"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The bounds of what a model is shown.
const (
	maxPictures = 4       // of a question
	maxPicture  = 4 << 20 // bytes
)

// pictureTypes are the types of pictures that models take.
func pictureTypes() []string { return []string{"image/jpeg", "image/png", "image/gif", "image/webp"} }

// sees reports whether a backend takes pictures.
func sees(b Backend) bool { return b.Backend == openAI || b.Backend == fastGPT }

// picture downloads the picture of a message, or the one that it quotes. A question goes on without
// one that cannot be had.
func (p *llm) picture(c *router.Context) []string {
	switch m := c.Payload().(type) {
	case *xmlmsg.Image:
	case *xmlmsg.Quote:
		if _, ok := m.Refer.Payload.(*xmlmsg.Image); !ok {
			return nil
		}
	default:
		return nil
	}
	file, err := c.Download()
	switch {
	case err != nil:
		p.h.Logger().Warn("the model does not see a picture: it cannot be downloaded", zap.Error(err))
	case file.Size > maxPicture || !slices.Contains(pictureTypes(), file.Type):
		p.h.Logger().Info("the model does not see a picture", zap.Int64("size", file.Size), zap.String("type", file.Type))
	default:
		return []string{file.Path}
	}
	return nil
}

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
		if err != nil || len(data) > maxPicture || !slices.Contains(pictureTypes(), kind) {
			continue
		}
		at := &address{"data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(data)}
		parts = append(parts, part{Type: "image_url", Image: at})
	}
	return parts
}
