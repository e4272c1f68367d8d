package rules

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// maxPicture is the size of the largest picture that is copied, in bytes.
const maxPicture = 10 << 20

// isLink reports whether a picture is not a file, but an address on the web.
func isLink(image string) bool {
	return strings.HasPrefix(image, "http://") || strings.HasPrefix(image, "https://")
}

// copyPictures copies the pictures of a rule that are links when the file is loaded: links expire.
// One that cannot be had now is the copy of before, or is tried again when the rule answers.
func (p *ruleset) copyPictures(r *Rule) {
	for i := range r.Reply {
		if address := r.Reply[i].Image; isLink(address) {
			if _, err := p.copyPicture(context.Background(), address); err != nil {
				p.h.Logger().Warn("a picture could not be copied", zap.String("rule", r.Name), zap.Error(err))
			}
		}
	}
}

// picture is the file of a picture.
func (p *ruleset) picture(ctx context.Context, image string) (string, error) {
	if !isLink(image) {
		return image, nil
	}
	if copies, _ := filepath.Glob(p.copyOf(image) + ".*"); len(copies) > 0 { // the pattern is well-formed
		return copies[0], nil
	}
	return p.copyPicture(ctx, image)
}

// copyOf is where the copy of a link is, without its extension.
func (p *ruleset) copyOf(address string) string {
	sum := sha256.Sum256([]byte(address))
	return filepath.Join(p.h.Downloads(), "rules", hex.EncodeToString(sum[:12]))
}

// copyPicture fetches a picture into a file.
func (p *ruleset) copyPicture(ctx context.Context, address string) (string, error) {
	if p.h.Downloads() == "" {
		return "", errNoData
	}
	got, err := plugin.Fetch(ctx, p.h, address, maxPicture)
	if err != nil {
		return "", phrase.Errorf("rules: the picture of a link: %w", err)
	}
	kind, ok := strings.CutPrefix(http.DetectContentType(got.Body), "image/")
	if !ok {
		return "", router.Permanent(errors.New("rules: the picture of a link: what it leads to is no picture"))
	}
	path := p.copyOf(address)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", phrase.Errorf("rules: the copy of a picture: %w", err)
	}
	before, _ := filepath.Glob(path + ".*")
	if err := os.WriteFile(path, got.Body, 0o600); err != nil {
		return "", phrase.Errorf("rules: the copy of a picture: %w", err)
	}
	named := path + "." + kind
	if err := os.Rename(path, named); err != nil {
		return "", phrase.Errorf("rules: the copy of a picture: %w", err)
	}
	for _, old := range before { // it had another format
		if old != named {
			_ = os.Remove(old)
		}
	}
	return named, nil
}
