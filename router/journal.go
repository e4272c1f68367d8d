package router

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// form is what is kept of a handler that has asked: enough to run it again up to its question.
type form struct {
	Route  string     `json:"route"`
	RunKey string     `json:"run_key,omitempty"` // Services.RunKey of the first run
	Status formStatus `json:"status"`
	Start  string     `json:"start"` // identity of the event that the handler began with
	Last   string     `json:"last"`  // identity of the latest answer
	Wxid   string     `json:"wxid"`
	Body   []byte     `json:"body"` // the event that the handler began with

	Steps  []step   `json:"steps,omitempty"`  // the questions that are answered
	Sends  []result `json:"sends,omitempty"`  // all sends so far
	Asked  bool     `json:"asked,omitempty"`  // the question behind the last step is out
	Tries  int      `json:"tries,omitempty"`  // answers to it that were not valid
	Answer []byte   `json:"answer,omitempty"` // the event that answers it; nil if it is not here, or was not valid

	AskedAt   time.Time     `json:"asked_at,omitzero"` // when the open question was sent; what is clearly older does not answer it
	TooLong   string        `json:"too_long,omitempty"`
	Mention   bool          `json:"mention,omitempty"`
	Kind      xmlmsg.Kind   `json:"kind,omitempty"`   // what the open question takes; empty: text
	Cancel    []string      `json:"cancel,omitempty"` // the texts that it takes beside a Kind
	Deadline  time.Time     `json:"deadline,omitzero"`
	Patience  time.Duration `json:"patience,omitempty"` // how far ahead Deadline was when it was set
	OnTimeout string        `json:"on_timeout,omitempty"`
}

type formStatus string

const (
	formRunning  formStatus = "running"  // an answer has come, and the handler is at it
	formWaiting  formStatus = "waiting"  // for an answer, until Deadline
	formExpiring formStatus = "expiring" // somebody says so, who has until Deadline
	formFailed   formStatus = "failed"   // the handler was given up; it goes on if somebody has its last answer tried again
	formDone     formStatus = "done"     // only there to know the last answer again
)

// How long what is kept outlives its use.
const (
	keepOpen = 7 * 24 * time.Hour // an open form, behind its deadline: a bot may be down for days
	keepDone = 24 * time.Hour     // a form that has ended: its last answer may come again after a crash
)

// step is a question that is answered.
type step struct {
	Text  string `json:"text,omitempty"`
	Body  []byte `json:"body,omitempty"`  // the event that answers; nil for a text
	Error string `json:"error,omitempty"` // why there is no answer
	Sends int    `json:"sends"`           // how many sends the run had done after it
}

// result is what became of a send.
type result struct {
	Sent   *api.SentMessage `json:"sent,omitempty"`
	Failed bool             `json:"failed,omitempty"`
}

// errFailedBefore is a send of an earlier run that failed.
var errFailedBefore = errors.New("router: this send failed before the handler ran again")

func (r result) result() (*api.SentMessage, error) {
	switch {
	case r.Failed:
		return nil, errFailedBefore
	case r.Sent == nil:
		return &api.SentMessage{}, nil
	}
	return r.Sent, nil
}

// journal is what a run knows of its form, and of its sends.
type journal struct {
	form     *form
	revision uint64   // of the stored form; 0 if there is none
	steps    int      // questions of this run
	sends    []result // of this run and those before it
	ordinal  int      // sends of this run
	waiting  bool
}

// next is the ordinal of the next send of a route, from 1, and its place in the journal, from 0, with what became of it if it was done before.
func (r *run) next(route string) (ordinal, place int, known *result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.advance(route, 1)
	j := &r.journal
	if place = j.ordinal - 1; place < len(j.sends) {
		known = &j.sends[place]
	}
	return r.ordinals[route], place, known
}

func (r *run) advance(route string, n int) {
	if r.ordinals == nil {
		r.ordinals = map[string]int{}
	}
	r.ordinals[route] += n
	r.journal.ordinal += n
}

// note keeps what became of the send at a place.
func (r *run) note(place int, sent *api.SentMessage, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.journal.grow(place + 1)
	r.journal.sends[place] = result{Sent: sent, Failed: err != nil}
}

// skipTo goes on behind the first n sends of the run, which an earlier one has done.
func (r *run) skipTo(route string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.advance(route, n-r.journal.ordinal)
	r.journal.grow(n)
}

func (j *journal) grow(n int) {
	for len(j.sends) < n {
		j.sends = append(j.sends, result{})
	}
}

// leave forgets the run of a route that has passed the event on.
func (j *journal) leave() { *j = journal{revision: j.revision} }

func formKey(e *callback.Event) string {
	return "form/" + joinKey(e.AppID, e.Conversation.ID, e.Sender)
}

// identity tells the event from all others, and is the same when it is delivered again.
func (c *Context) identity() string {
	if c.services.RunKey != "" {
		return c.services.RunKey
	}
	e := c.Event
	if id, err := callback.Identify(e.Body); err == nil && id.Key != "" {
		return id.Key
	}
	sum := sha256.Sum256(e.Body)
	return e.AppID + ":" + hex.EncodeToString(sum[:16])
}

// event is the event that the handler began with.
func (f *form) event(body []byte) (*callback.Event, error) {
	decoder := callback.Decoder{Wxid: func(string) string { return f.Wxid }}
	e, err := decoder.Decode(body)
	if err != nil {
		return nil, fmt.Errorf("router: form: %w", err)
	}
	return e, nil
}

// takes tells whether the event of c can be the answer.
func (f *form) takes(c *Context) bool {
	e, said := c.Event, c.Said()
	if f.Kind == "" {
		return said != ""
	}
	return f.Kind == e.Kind() || isCancel(&c.Subject, f.Cancel)
}

// askSkew is how much older than the question an answer may seem: the two times are whole seconds, of clocks that need not agree.
const askSkew = 5 * time.Second

// precedes tells whether an event was clearly written before the open question was sent.
func (f *form) precedes(e *callback.Event) bool {
	return !e.Time.IsZero() && !f.AskedAt.IsZero() && e.Time.Before(f.AskedAt.Add(-askSkew))
}

// end forgets everything but which events it was about.
func (f *form) end() { *f = form{Route: f.Route, Status: formDone, Start: f.Start, Last: f.Last} }

// save writes the form, if nobody else has since it was read.
func (f *form) save(ctx context.Context, s Services, key string, revision uint64) (uint64, error) {
	keep := keepOpen
	switch {
	case f.Status == formDone:
		keep = keepDone
	case !f.Deadline.IsZero():
		keep += max(0, f.Deadline.Sub(s.now()))
	}
	data, err := json.Marshal(f)
	if len(data) > store.MaxValue {
		return 0, Permanent(fmt.Errorf("%w: %d bytes of %d", ErrFormTooLarge, len(data), store.MaxValue))
	}
	if err == nil {
		revision, err = s.State.Swap(ctx, key, data, revision, keep)
	}
	if err != nil {
		return 0, fmt.Errorf("router: form: %w", err)
	}
	return revision, nil
}

// save keeps the form with the sends so far.
func (c *Context) saveForm() error {
	j := &c.run.journal
	j.form.Sends = j.sends[:min(j.ordinal, len(j.sends))]
	revision, err := j.form.save(c, c.services, formKey(c.Event), j.revision)
	if err == nil {
		j.revision = revision
	}
	return err
}
