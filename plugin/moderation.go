package plugin

import (
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
)

// Moderation is what a plugin did about a member of a group.
type Moderation struct {
	Plugin  string `json:"plugin"`
	Account string `json:"account"`
	Group   string `json:"group"`
	Person  string `json:"person"`
	Name    string `json:"name"`
	Message string `json:"message,omitempty"` // the id of the message that it was about
	Reason  string `json:"reason"`
	Action  string `json:"action"`
}

// keepModeration is how long a plugin that reads the log finds a line.
const keepModeration = 7 * 24 * time.Hour

// Moderated is the log of what the plugins of a bot did about members, for a plugin that reports
// it. Append to it where the plugin acts.
func Moderated(h *bot.Handle) *router.Log[Moderation] {
	return router.NewLog[Moderation](h.Bot().Store(), "moderation", keepModeration)
}
