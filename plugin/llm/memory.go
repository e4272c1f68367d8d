package llm

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin/internal/model"
	"github.com/hongyan-go/hongyan/router"
)

// exchange is a question with its answer.
type exchange struct {
	ID       string `json:"id"` // of the question
	Question string `json:"question"`
	Answer   string `json:"answer"`
	// Others means that the question or the answer has what other people wrote, or a tool found.
	Others bool `json:"others,omitempty"`
}

// memory is what the model knows of earlier.
type memory struct {
	Turns []exchange `json:"turns"`
	Chat  string     `json:"chat,omitempty"` // id of the conversation, of a backend that remembers itself
}

// maxMemory bounds the texts of a memory, in bytes.
const maxMemory = 64 << 10

const memoryKey = "memory"

// memory is where the memory of the sender is: apart for each person in a chat, or for each chat.
func (p *llm) memory(c *router.Context) *router.Store {
	if p.c.Memory.Per == "chat" {
		return c.Store(router.ByChat)
	}
	return c.Store(router.BySender)
}

func (p *llm) recall(c *router.Context) (m memory, err error) {
	if p.c.Memory.Turns > 0 {
		_, err = p.memory(c).Get(c, memoryKey, &m)
	}
	return m, err //nolint:wrapcheck // it names the value
}

// remember adds an answer to the memory. It is forgotten when nothing was asked for a while.
func (p *llm) remember(c *router.Context, open []question, a answer) error {
	if p.c.Memory.Turns <= 0 {
		return nil
	}
	text, err := asJSON(open)
	if err != nil {
		return err
	}
	id := open[len(open)-1].ID
	_, err = router.Update(c, p.memory(c), memoryKey, p.c.Memory.Idle, func(m memory) (memory, error) {
		m.Chat = a.Chat
		known := slices.ContainsFunc(m.Turns, func(x exchange) bool { return x.ID == id })
		if !known && a.Text != "" { // what was refused is not remembered
			m.Turns = append(m.Turns, exchange{id, text, short(a.Text), a.Read || !owned(open)})
		}
		for len(m.Turns) > p.c.Memory.Turns || len(m.Turns) > 0 && m.size() > maxMemory {
			m.Turns = slices.Delete(m.Turns, 0, 1)
		}
		return m, nil
	})
	return err //nolint:wrapcheck // it names the value
}

func (m memory) size() (n int) {
	for _, x := range m.Turns {
		n += len(x.Question) + len(x.Answer)
	}
	return n
}

// day is how long somebody waits who is above a cost.
const day = 24 * time.Hour

// affordable reports whether the day has money left.
func (p *llm) affordable(c *router.Context) (bool, error) {
	for _, purse := range p.purses(c) {
		if left, err := purse.Left(c); err != nil || !left {
			return false, err //nolint:wrapcheck // it names the value
		}
	}
	return true, nil
}

// pay counts what a reply cost.
func (p *llm) pay(c *router.Context, u model.Usage) error {
	for _, purse := range p.purses(c) {
		if err := purse.Pay(c, p.c.Price.Of(u)); err != nil {
			return err //nolint:wrapcheck // it names the value
		}
	}
	return nil
}

// purses are what all and this person may spend today.
func (p *llm) purses(c *router.Context) []model.Purse {
	s, today := c.Store(router.ByAccount), model.DayKey(c.Now())
	all := []model.Purse{{Store: s, Key: today, Most: p.c.Limits.CostPerDay}}
	if p.isFree(c) {
		return all
	}
	return append(all, model.Purse{Store: s, Key: today + "/" + c.Sender(), Most: p.c.Limits.CostPerPerson})
}

// person names the sender to a backend, without the wxid.
func person(c *router.Context) string {
	sum := sha256.Sum256([]byte(c.SenderKey()))
	return hex.EncodeToString(sum[:8])
}

// maxFile bounds a file with a prompt or words.
const maxFile = 256 << 10

// fromFile is the text of a file if text is a path with one of the suffixes, or else text.
func fromFile(text string, suffixes ...string) (string, error) {
	if strings.ContainsAny(text, "\n\r") || !slices.Contains(suffixes, filepath.Ext(text)) {
		return text, nil
	}
	info, err := os.Stat(text)
	if err == nil && info.Size() > maxFile {
		err = phrase.Errorf("%s has more than %d KB", text, maxFile>>10)
	}
	if err != nil {
		return "", err //nolint:wrapcheck // it names the file
	}
	data, err := os.ReadFile(text) //nolint:gosec // to read the named file is the purpose
	return string(data), err       //nolint:wrapcheck // it names the file
}

// words are the words of a list and of the files in it, folded.
func words(list []string) (all []string, err error) {
	for _, one := range list {
		text, err := fromFile(one, ".txt")
		if err != nil {
			return nil, err
		}
		for word := range strings.Lines(text) {
			if word = strings.TrimSpace(word); word != "" {
				all = append(all, matching.Fold(word))
			}
		}
	}
	return all, nil
}

func containsAny(text string, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}
