package journal_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/journal"
	"github.com/hongyan-go/hongyan/store"
)

// TestVerdicts delivers a message for each state that a form may be in.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status     journal.Status
		id         string
		written    time.Duration // after the question, which is open for a minute
		want       journal.Verdict
		wantStatus journal.Status
	}{
		"an answer":                     {journal.Waiting, "new", time.Second, journal.InTime, journal.Waiting},
		"an answer in the last moment":  {journal.Waiting, "new", time.Minute, journal.InTime, journal.Waiting},
		"an answer that is late":        {journal.Waiting, "new", time.Minute + time.Second, journal.Unrelated, journal.Done},
		"clocks that differ":            {journal.Waiting, "new", -5 * time.Second, journal.InTime, journal.Waiting},
		"written before the question":   {journal.Waiting, "new", -6 * time.Second, journal.Unrelated, journal.Waiting},
		"the first message again":       {journal.Waiting, "first", time.Hour, journal.Repeated, journal.Waiting},
		"the last answer again":         {journal.Waiting, "last", time.Hour, journal.Repeated, journal.Waiting},
		"a run that did not end":        {journal.Running, "last", time.Hour, journal.Repeated, journal.Running},
		"a run that was given up":       {journal.Running, "new", time.Second, journal.Abandoned, journal.Failed},
		"after one that was given up":   {journal.Failed, "new", time.Second, journal.Unrelated, journal.Failed},
		"one that was given up, again":  {journal.Failed, "last", time.Hour, journal.Repeated, journal.Failed},
		"after the end":                 {journal.Done, "new", time.Second, journal.Unrelated, journal.Done},
		"after the end, the last again": {journal.Done, "last", time.Second, journal.Handled, journal.Done},
		"another process ends it":       {journal.Expiring, "new", time.Second, journal.Unrelated, journal.Expiring},
		"another ends it, again":        {journal.Expiring, "last", time.Second, journal.Handled, journal.Expiring},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			asked := b.now
			data, err := json.Marshal(form{
				Route: "h", Status: test.status, Start: "first", Last: "last", Body: []byte("x"),
				Question: journal.Question{AskedAt: asked, Deadline: asked.Add(time.Minute), OnTimeout: "over"},
			})
			require.NoError(t, err)
			put(t, b.State, key, string(data))
			b.now = asked.Add(2 * time.Hour) // the message arrives late, whenever it was written
			var r run
			f, err := r.Open(t.Context(), b.entries, key)
			require.NoError(t, err)
			open := test.want == journal.InTime
			assert.Equal(t, open, b.Waits(f, asked.Add(test.written)) && test.id == "new")
			verdict, err := r.Judge(t.Context(), f, journal.Message{ID: test.id, Written: asked.Add(test.written)}, b.say)
			require.NoError(t, err)
			assert.Equal(t, test.want, verdict)
			assert.Equal(t, test.wantStatus, b.load(t).Status)
			assert.Equal(t, test.status == journal.Waiting && test.wantStatus == journal.Done, len(b.said) == 1)
		})
	}
}

// TestReplay runs a handler of two questions again: what it did is returned, in its order.
func TestReplay(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	r, _ := b.deliver(t, "first")
	send := func(r *run, handler string, n int) (ordinal int, known *journal.Result[int]) {
		ordinal, place, known := r.Next(handler)
		if known == nil {
			r.Note(place, &n, nil)
		}
		return ordinal, known
	}
	send(r, "", 100) // a middleware
	r.Leave()
	r.Begin(&form{Route: "h", Start: "first", Body: []byte("first")})
	send(r, "h", 101)
	_, answered := r.Step("h")
	require.False(t, answered)
	require.False(t, r.Asked("h"))
	send(r, "h", 102) // the question
	assert.Equal(t, 102, *r.Last())
	require.NoError(t, r.Wait(t.Context(), journal.Question{Timeout: time.Minute}))

	r, verdict := b.deliver(t, "answer")
	require.Equal(t, journal.InTime, verdict)
	ordinal, known := send(r, "h", 0)
	assert.Equal(t, 1, ordinal)
	assert.Equal(t, 101, *known.Sent)
	_, answered = r.Step("h")
	require.False(t, answered)
	require.True(t, r.Asked("h"), "the question is not sent again")
	require.Equal(t, "answer", string(r.Form().Answer))
	require.NoError(t, r.Record(t.Context(), journal.Step{Text: "yes"}))
	ordinal, known = send(r, "h", 103)
	assert.Equal(t, 3, ordinal)
	assert.Nil(t, known)
	_, place, _ := r.Next("h")
	r.Note(place, nil, errors.New("refused"))
	_, answered = r.Step("h")
	require.False(t, answered)
	require.NoError(t, r.Wait(t.Context(), journal.Question{Timeout: time.Minute}))

	r, _ = b.deliver(t, "second answer")
	s, answered := r.Step("h")
	require.True(t, answered)
	assert.Equal(t, journal.Step{Text: "yes", Sends: 2}, s)
	_, known = send(r, "h", 0)
	assert.Equal(t, 103, *known.Sent)
	_, known = send(r, "h", 0)
	assert.True(t, known.Failed)
	_, known = send(r, "h", 104)
	assert.Nil(t, known)
	require.NoError(t, r.End(t.Context(), r.Form()))
	assert.Nil(t, r.Form())
	assert.Equal(t, &form{Route: "h", Status: journal.Done, Start: "first", Last: "second answer"}, b.load(t))
}

// TestOneOfTwoProcessesWins has two take the same answer.
func TestOneOfTwoProcessesWins(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.begin(t, "first", journal.Question{Timeout: time.Minute})
	var one, two run
	f1, err := one.Open(t.Context(), b.entries, key)
	require.NoError(t, err)
	f2, err := two.Open(t.Context(), b.entries, key)
	require.NoError(t, err)
	require.NoError(t, one.Accept(t.Context(), f1, "answer", []byte("x")))
	require.ErrorIs(t, two.Accept(t.Context(), f2, "other", []byte("y")), store.ErrConflict)
	assert.Equal(t, journal.Waiting, f2.Status, "the form is as it was")
	assert.Nil(t, two.Form())
	require.NoError(t, one.Record(t.Context(), journal.Step{Text: "x"}))
}

// TestTooLarge refuses an answer, and leaves the question open.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.begin(t, "first", journal.Question{Timeout: time.Minute})
	var r run
	f, err := r.Open(t.Context(), b.entries, key)
	require.NoError(t, err)
	assert.False(t, f.Full())
	require.ErrorIs(t, r.Accept(t.Context(), f, "long", make([]byte, store.MaxValue)), journal.ErrTooLarge)
	assert.Equal(t, journal.Waiting, b.load(t).Status)

	require.NoError(t, r.Accept(t.Context(), f, "answer", []byte("x")))
	require.ErrorIs(t, r.Record(t.Context(), journal.Step{Text: strings.Repeat("x", store.MaxValue)}), journal.ErrTooLarge)
	assert.Empty(t, r.Form().Steps)
	assert.Equal(t, "x", string(r.Form().Answer))
	f.Steps = []journal.Step{{Text: strings.Repeat("x", store.MaxValue-16<<10)}}
	assert.True(t, f.Full())
}

// TestWait dates a question: by the service that sent it, unless its clock is ahead.
func TestWait(t *testing.T) {
	t.Parallel()
	now := time.Now().Round(time.Second)
	for name, test := range map[string]struct{ asked, want time.Time }{
		"unknown":       {time.Time{}, now},
		"earlier":       {now.Add(-time.Second), now.Add(-time.Second)},
		"a clock ahead": {now.Add(time.Hour), now},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.now = now
			b.begin(t, "first", journal.Question{AskedAt: test.asked, Timeout: time.Minute})
			f := b.load(t)
			assert.WithinDuration(t, test.want, f.AskedAt, 0)
			assert.WithinDuration(t, now.Add(time.Minute), f.Deadline, 0)
		})
	}
}

// TestHowLongFormsAreStored looks at the end of the entries.
func TestHowLongFormsAreStored(t *testing.T) {
	t.Parallel()
	const week = 7 * 24 * time.Hour
	for name, test := range map[string]struct {
		timeout, want time.Duration
		done          bool
	}{
		"open":     {time.Hour, week + time.Hour, false},
		"ended":    {time.Hour, 24 * time.Hour, true},
		"for ever": {1<<63 - 1, 1<<63 - 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.begin(t, "first", journal.Question{Timeout: test.timeout})
			if test.done {
				r, _ := b.deliver(t, "answer")
				require.NoError(t, r.End(t.Context(), r.Form()))
			}
			entry, err := b.State.Get(t.Context(), key)
			require.NoError(t, err)
			assert.InDelta(t, float64(test.want), float64(entry.Expires.Sub(b.now)), float64(time.Minute))
		})
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("报名", 100)
	assert.Equal(t, "form/wx_app/100@chatroom/wxid_a", journal.FormKey("wx_app", "100@chatroom", "wxid_a"))
	assert.Equal(t, "once/e/a%2Fb/c", journal.StepKey("e", "a/b", "c"))
	for name, test := range map[string]struct{ a, b []string }{
		"a slash":            {[]string{"a/b", "c"}, []string{"a", "b/c"}},
		"an escaped slash":   {[]string{"a%2Fb"}, []string{"a/b"}},
		"long, other ends":   {[]string{long, "1"}, []string{long, "2"}},
		"long, other places": {[]string{long + "1", "2"}, []string{long, "12"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.NotEqual(t, journal.Join(test.a...), journal.Join(test.b...))
			assert.LessOrEqual(t, len(journal.Join(test.a...)), 440)
		})
	}
}
