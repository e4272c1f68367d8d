package llm

import (
	"slices"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/plugin/internal/model"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// maxPictures bounds the pictures of a question.
const maxPictures = 4

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
	case file.Size > model.MaxPicture || !slices.Contains(model.PictureTypes(), file.Type):
		p.h.Logger().Info("the model does not see a picture", zap.Int64("size", file.Size), zap.String("type", file.Type))
	default:
		return []string{file.Path}
	}
	return nil
}
