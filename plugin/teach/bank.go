package teach

import (
	"context"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// taught is an answer: a text or a picture.
type taught struct {
	Question string    `json:"question"`
	Text     string    `json:"text,omitempty"`
	Picture  string    `json:"picture,omitempty"` // the path of a copy
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

func fold(text string) string { return matching.Fold(strings.TrimSpace(text)) }

// folded is the question as it is compared.
func (a taught) folded() string { return fold(a.Question) }

// shown is the answer in a list, on one line.
func (a taught) shown() string {
	const most = 30
	if a.Picture != "" {
		return "[图片]"
	}
	return plugin.Short(strings.Join(strings.Fields(a.Text), " "), most)
}

// bank is what was taught in a chat, in that order.
type bank []taught

const keyBank = "bank"

// find is the index of the answer to a folded text: the one whose question is the longest; less
// than 0 if there is none.
func (b bank) find(said string, exact bool) int {
	best := -1
	for i := range b {
		question := b[i].folded()
		if said == question || !exact && strings.Contains(said, question) {
			if best < 0 || len(question) > len(b[best].folded()) {
				best = i
			}
		}
	}
	return best
}

// bank is what was taught in a chat.
func (p *part) bank(ctx context.Context, account, chat string) (b bank, err error) {
	_, err = p.h.Store().Chat(account, chat).Get(ctx, keyBank, &b)
	return b, err
}

// change changes what was taught in the chat.
func (p *part) change(c *router.Context, f func(bank) bank) error {
	store := p.h.Store().Chat(c.Account(), c.Conversation().ID)
	_, err := router.Update(c, store, keyBank, 0, func(b bank) (bank, error) { return f(b), nil })
	return err
}
