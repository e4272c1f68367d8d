package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// ErrUnreadable means that the stored bytes are not a form of this version of the program.
var ErrUnreadable = errors.New("journal: the stored form cannot be read")

// Form is what is stored of a handler that has asked: enough to run it again up to its open
// question. S is what a send returns.
type Form[S any] struct {
	Route  string `json:"route"`             // name of the handler
	RunKey string `json:"run_key,omitempty"` // of the first run, for the keys of its sends; opaque
	Status Status `json:"status"`
	Start  string `json:"start"` // identity of the message that the handler began with
	Last   string `json:"last"`  // identity of the latest answer
	Wxid   string `json:"wxid"`  // the account that got the messages; opaque
	Body   []byte `json:"body"`  // the message that the handler began with; opaque

	Steps []Step      `json:"steps,omitempty"` // the questions that are answered
	Sends []Result[S] `json:"sends,omitempty"` // all sends so far

	Asked  bool   `json:"asked,omitempty"`  // the open question was sent
	Tries  int    `json:"tries,omitempty"`  // answers to it that were not valid
	Answer []byte `json:"answer,omitempty"` // the message that answers it; nil if there is none yet, or it was not valid

	Question
}

// Question is the open question of a form. This package uses its times only.
type Question struct {
	AskedAt   time.Time     `json:"asked_at,omitzero"`    // when it was sent: what is clearly older is not an answer
	TooLong   string        `json:"too_long,omitempty"`   // what to say to an answer that is too large
	Mention   bool          `json:"mention,omitempty"`    // whether to mention the person
	Kind      string        `json:"kind,omitempty"`       // the kind of its answers; empty: text
	Cancel    []string      `json:"cancel,omitempty"`     // texts that end the form
	Words     []string      `json:"words,omitempty"`      // texts that are an answer, too, whatever Kind is
	Deadline  time.Time     `json:"deadline,omitzero"`    // zero while the handler runs
	Timeout   time.Duration `json:"patience,omitempty"`   // from asking to Deadline
	OnTimeout string        `json:"on_timeout,omitempty"` // what to say after Deadline; empty: nothing
}

// Status is the state of a form.
type Status string

// The states of a form.
const (
	Running  Status = "running"  // it has an answer, with which the handler runs
	Waiting  Status = "waiting"  // for an answer, until Deadline
	Expiring Status = "expiring" // a process sends the text of the time-out, and has until Deadline for it
	Failed   Status = "failed"   // the handler was given up; it goes on if its last answer is delivered again
	Done     Status = "done"     // it has ended, and is stored to recognize its last answer
)

// Step is a question that is answered.
type Step struct {
	Text  string `json:"text,omitempty"`
	Body  []byte `json:"body,omitempty"`  // the message that answers; nil for a text
	Error string `json:"error,omitempty"` // why there is no answer
	Sends int    `json:"sends"`           // how many sends the run had done after it
}

// Result is the result of a send.
type Result[S any] struct {
	Sent   *S   `json:"sent,omitempty"`
	Failed bool `json:"failed,omitempty"`
}

// maxSends bounds what stored bytes may say of sends: more than anybody sends in a form.
const maxSends = 1 << 20

// decode reads a form. The error is ErrUnreadable: the bytes may be of a later version.
func decode[S any](data []byte) (*Form[S], error) {
	f := &Form[S]{}
	if err := json.Unmarshal(data, f); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	switch f.Status {
	case Done:
	case Running, Waiting, Expiring, Failed:
		if len(f.Body) == 0 {
			return nil, fmt.Errorf("%w: it has no message to begin with", ErrUnreadable)
		}
	default:
		return nil, fmt.Errorf("%w: its status is unknown", ErrUnreadable)
	}
	for _, s := range f.Steps {
		if err := checkSends(s.Sends); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
		}
	}
	return f, nil
}

func checkSends(n int) error {
	if n < 0 || n > maxSends {
		return fmt.Errorf("it counts %d sends", n)
	}
	return nil
}

// end drops everything but the messages that the form was about.
func (f *Form[S]) end() { *f = Form[S]{Route: f.Route, Status: Done, Start: f.Start, Last: f.Last} }

// roomForAnswer is how many bytes a form must have left for another answer to make sense.
const roomForAnswer = 16 << 10

// Full reports whether every further answer would be too large.
func (f *Form[S]) Full() bool {
	data, err := json.Marshal(f)
	return err != nil || len(data)+roomForAnswer > store.MaxValue
}

// skew is how much older than the question an answer may seem: both times are whole seconds, and
// their clocks may differ.
const skew = 5 * time.Second

// precedes reports whether a message was clearly written before the open question was sent.
func (q *Question) precedes(written time.Time) bool {
	return !written.IsZero() && !q.AskedAt.IsZero() && written.Before(q.AskedAt.Add(-skew))
}
