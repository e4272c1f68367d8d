package schedule

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"html"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/plugin"
)

// picture is a file that belongs to an article of a feed, and may be a picture.
type picture struct {
	URL    string `xml:"url,attr"`
	Type   string `xml:"type,attr"`
	Medium string `xml:"medium,attr"`
}

// img is a picture in the text of an article.
var img = regexp.MustCompile(`(?i)<img[^>]+src=["']([^"']+)["']`)

// picture is where the picture of an article is; empty if there is none.
func (e *entry) picture() string {
	for _, p := range slices.Concat(e.Enclosures, e.Media, e.Thumbnails) {
		if p.URL != "" && (p.Medium == "image" || strings.HasPrefix(p.Type, "image/") || slices.Contains(e.Thumbnails, p)) {
			return p.URL
		}
	}
	if found := img.FindStringSubmatch(e.Text); found != nil {
		return html.UnescapeString(found[1])
	}
	return ""
}

const maxPicture = 5 << 20 // bytes

// picture fetches a picture, and returns the file that it is in. Without it the text goes out all
// the same.
func (p *part) picture(ctx context.Context, address string) string {
	got, err := plugin.Fetch(ctx, p.h, address, maxPicture, p.c.Fetch.AllowHosts...)
	if err != nil {
		p.h.Logger().Warn("the picture of an article cannot be fetched: the text goes out without it", zap.Error(err))
		return ""
	}
	extension := map[string]string{"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif"}[http.DetectContentType(got.Body)]
	if extension == "" || p.h.Downloads() == "" {
		p.h.Logger().Info("the picture of an article is none that WeChat shows: the text goes out without it")
		return ""
	}
	sum := sha256.Sum256(got.Body)
	file := filepath.Join(p.h.Downloads(), "schedule", hex.EncodeToString(sum[:12])+extension)
	err = os.MkdirAll(filepath.Dir(file), 0o700)
	if err == nil {
		err = os.WriteFile(file, got.Body, 0o600)
	}
	if err != nil {
		p.h.Logger().Warn("the picture of an article cannot be kept: the text goes out without it", zap.Error(err))
		return ""
	}
	return file
}
