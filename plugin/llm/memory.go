package llm

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/plugin/internal/model"
	"github.com/hongyan-go/hongyan/plugin/models"
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

// turns are the exchanges that a backend is reminded of.
func (m memory) turns(has func(exchange) bool) (all []model.Exchange) {
	for _, x := range m.Turns {
		if has(x) {
			all = append(all, model.Exchange{Question: x.Question, Answer: x.Answer})
		}
	}
	return all
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

// purses are what all and this person may spend today, and what may be spent on a shared model.
func (p *llm) purses(c *router.Context, own Backend) models.Purses {
	s := c.Store(router.ByAccount)
	all := append(own.Shared(p.h), models.Today(p.h, s, "", p.c.Cap.CostPerDay))
	if p.isFree(c) {
		return all
	}
	return append(all, models.Today(p.h, s, "/"+c.Sender(), p.c.Cap.CostPerPerson))
}

// pay counts what a reply cost.
func (p *llm) pay(c *router.Context, own Backend, u model.Usage) error {
	//nolint:wrapcheck // it names the value
	return p.purses(c, own).Pay(c, own.Backend.Price(p.c.Price).Of(u))
}

// person names the sender to a backend, without the wxid.
func person(c *router.Context) string {
	sum := sha256.Sum256([]byte(c.SenderKey()))
	return hex.EncodeToString(sum[:8])
}
