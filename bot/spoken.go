package bot

import (
	"encoding/json"
	"strings"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
)

// spokenPrefix begins the keys of texts that were understood from voices.
const spokenPrefix = "spoken:"

func isSpoken(key string) bool { return strings.HasPrefix(key, spokenPrefix) }

// PassOn has the message of c handled once more, as a text with these words: by all rules and
// plugins, in the order of its chat, after what has come there meanwhile. It is for what was
// understood from a voice, so it is nobody's command: match.Owner and match.Admin do not match it,
// and it is no answer to router.Context.AskOther. A message is passed on once, however often its
// handler runs.
func (h *Handle) PassOn(c *router.Context, text string) error {
	e := c.Event
	if !e.IsMessage() || e.Sender == "" {
		return phrase.Errorf("bot: PassOn: %w", router.ErrNoConversation)
	}
	from, to, content := e.Sender, e.Wxid, text
	if e.Conversation.IsGroup() {
		from, content = e.Conversation.ID, e.Sender+":\n"+text
	}
	type word struct {
		String string `json:"string"`
	}
	body, err := json.Marshal(map[string]any{
		"TypeName": "AddMsg", "Appid": e.AppID, "Wxid": e.Wxid,
		"Data": map[string]any{
			"MsgId": e.MsgID, "NewMsgId": e.NewMsgID, "MsgSeq": e.MsgSeq, "MsgType": 1, "Status": 3, "CreateTime": e.Time.Unix(),
			"FromUserName": word{from}, "ToUserName": word{to}, "Content": word{content},
		},
	})
	if err != nil {
		return phrase.Errorf("bot: PassOn: %w", err)
	}
	id, err := callback.Identify(body)
	if err != nil {
		return phrase.Errorf("bot: PassOn: %w", err)
	}
	b := h.bot
	item := store.Item{Key: spokenPrefix + e.Key(), Lane: id.Lane, Body: body, Received: b.config.Clock.Now()}
	if _, err := b.store.Inbox().Append(c, item); err != nil {
		return phrase.Errorf("bot: PassOn: %w", err)
	}
	return nil
}
