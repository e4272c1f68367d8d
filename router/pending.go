package router

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/journal"
	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

const (
	// maxPending bounds the open questions to one person, and the answers that are remembered.
	maxPending = 100
	// lastNumber is the largest number of a question; after it they begin again.
	lastNumber = 999
	// pendingKept is how long the questions of a person are stored after the last change.
	pendingKept = 90 * 24 * time.Hour
	// beforeForm is how long a question may be registered before its form is stored.
	beforeForm = 10 * time.Minute
	// questionMark is before the number of a question in its text.
	questionMark = "【问题】"
)

// The answers to a question of AskOther, as the journal keeps them.
const (
	yes = "yes"
	no  = "no"
)

// pendings are the questions of AskOther to one person, as the state keeps them.
type pendings struct {
	Next    int             `json:"next"` // the number of the next question
	Open    map[int]pending `json:"open,omitempty"`
	Answers []noted         `json:"answers,omitempty"` // the latest last
}

// pending is a question that may be open.
type pending struct {
	Key  string    `json:"key"`  // of the form
	Step int       `json:"step"` // which of its questions it is
	Text string    `json:"text"`
	At   time.Time `json:"at"`

	number int
}

// noted is a message that answers.
type noted struct {
	Message string `json:"message"` // its identity
	Key     string `json:"key"`     // of the form
}

// answered is the form that a message answers; empty if it has answered none.
func (p *pendings) answered(message string) string {
	for _, a := range p.Answers {
		if a.Message == message {
			return a.Key
		}
	}
	return ""
}

func pendingKey(account, person string) string { return "form-asked/" + journal.Join(account, person) }

// pendings reads the questions to a person.
func (c *Context) pendings(person string) (p pendings, revision uint64, err error) {
	entry, err := c.services.State.Get(c, pendingKey(c.Event.AppID, person))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return p, 0, nil
	case err == nil:
		err = json.Unmarshal(entry.Value, &p)
	}
	if err != nil {
		return p, 0, fmt.Errorf("router: the questions to a person: %w", err)
	}
	return p, entry.Revision, nil
}

// changePendings changes the questions to a person in one step. change may run several times.
func (c *Context) changePendings(person string, change func(p *pendings) error) error {
	for {
		p, revision, err := c.pendings(person)
		if err == nil {
			err = change(&p)
		}
		if err != nil {
			return err
		}
		value, err := json.Marshal(p)
		if err == nil {
			_, err = c.services.State.Swap(c, pendingKey(c.Event.AppID, person), value, revision, pendingKept)
		}
		if !errors.Is(err, store.ErrConflict) {
			return formError(err)
		}
	}
}

// register gives a question its number: the same in each run.
func (c *Context) register(person string, q pending) (number int, err error) {
	err = c.changePendings(person, func(p *pendings) error {
		for n, open := range p.Open {
			if open.Key == q.Key && open.Step == q.Step {
				number = n
				return nil
			}
		}
		open, err := c.stillOpen(*p)
		if err != nil {
			return err
		}
		if len(open) >= maxPending {
			return Permanent(fmt.Errorf("router: AskOther: %d questions to %s have no answer yet: no more are asked", len(open), person))
		}
		p.Open = map[int]pending{}
		for _, o := range open {
			p.Open[o.number] = o
		}
		for number = p.Next%lastNumber + 1; p.Open[number].Key != ""; {
			number = number%lastNumber + 1
		}
		q.At = c.services.now()
		p.Next, p.Open[number] = number, q
		return nil
	})
	return number, err
}

// noteAnswer notes which question a message answers.
func (c *Context) noteAnswer(person, message, key string) error {
	return c.changePendings(person, func(p *pendings) error {
		if p.answered(message) == "" {
			p.Answers = append(p.Answers[max(0, len(p.Answers)-maxPending+1):], noted{message, key})
		}
		return nil
	})
}

// stillOpen are the questions that wait for an answer, by number.
func (c *Context) stillOpen(p pendings) ([]pending, error) {
	var open []pending
	for _, n := range slices.Sorted(maps.Keys(p.Open)) {
		q := p.Open[n]
		q.number = n
		f, _, err := c.journal().Load(c, q.Key)
		switch {
		case errors.Is(err, store.ErrNotFound):
			if c.services.now().Sub(q.At) > beforeForm {
				continue
			}
		case errors.Is(err, journal.ErrUnreadable):
			continue
		case err != nil:
			return nil, formError(err)
		case f.Status != journal.Waiting && f.Status != journal.Running || len(f.Steps) > q.Step:
			continue
		}
		open = append(open, q)
	}
	return open, nil
}

// listPending asks which question is meant.
func listPending(open []pending) string {
	var b strings.Builder
	fmt.Fprintf(&b, "有 %d 个问题在等您答复，请带上编号，如“是 %d”：", len(open), open[0].number)
	for _, q := range open {
		text, _, _ := strings.Cut(q.Text, "\n")
		fmt.Fprintf(&b, "\n%d. %s", q.number, text)
	}
	return b.String()
}

// readDecision reads "是", "否 7" or "7 同意": the number is 0 if there is none, the decision empty if
// the text is another.
func readDecision(said string) (decision string, number int) {
	said = bare(matching.Fold(strings.TrimSpace(said)))
	digits := func(r rune) bool { return r < '0' || r > '9' }
	word, n := said, ""
	if i := strings.LastIndexFunc(said, digits); i >= 0 {
		rest := said[i:]
		rest = rest[len(rest)-len(strings.TrimLeftFunc(rest, digits)):]
		word, n = said[:len(said)-len(rest)], rest
	}
	if n == "" {
		if i := strings.IndexFunc(said, digits); i > 0 {
			word, n = said[i:], said[:i]
		}
	}
	if len(n) > len(strconv.Itoa(lastNumber)) {
		return "", 0
	}
	number, _ = strconv.Atoi(n)
	word = strings.Trim(word, " \t\u3000,，.。、:：;；#＃")
	switch {
	case n != "" && number == 0:
	case isYes(word):
		return yes, number
	case isNo(word):
		return no, number
	}
	return "", 0
}

// quotedNumber is the number of the question that a message quotes; 0 if it quotes none.
func quotedNumber(e *callback.Event) int {
	q, ok := e.Payload().(*xmlmsg.Quote)
	if !ok || !strings.Contains(q.Refer.Content, questionMark) {
		return 0
	}
	text := q.Refer.Content[strings.LastIndex(q.Refer.Content, questionMark)+len(questionMark):]
	end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(text)
	}
	number, _ := strconv.Atoi(text[:end])
	return number
}
