package outbox

import (
	"maps"
	"slices"
	"time"
)

// The windows of the limits, and the steps in which they move: a send counts for its whole step, so
// that no hour and no day, whenever it begins, has more than the limit.
const (
	hourSpan, hourStep = time.Hour, time.Minute
	daySpan, dayStep   = 24 * time.Hour, 15 * time.Minute
	budgetTTL          = 48 * time.Hour
)

// budget is what an account may still send. It is kept in the state, where all processes of the
// account share it. Times are Unix milliseconds.
type budget struct {
	Next  int64            `json:"next"`            // when the account may send
	Later int64            `json:"later,omitempty"` // the same for a proactive send
	Chats map[string]int64 `json:"chats,omitempty"` // the same for a chat
	Hour  counts           `json:"hour,omitempty"`  // sends
	Day   counts           `json:"day,omitempty"`   // sends
	// Proactive counts proactive sends, for a day. Its key is that of older versions, which may
	// share the budget with this one.
	Proactive counts           `json:"notices,omitempty"`
	Told      map[string]int64 `json:"told,omitempty"` // chats that got one in the last hour, and when
}

// counts counts by steps of a window.
type counts map[int64]int

// free is when a window allows one more send, at the earliest now.
func (c counts) free(now time.Time, limit int, span, step time.Duration) time.Time {
	if limit <= 0 {
		return now
	}
	sum := c.sum()
	if sum < limit {
		return now
	}
	c.forget(now, span, step)
	sum = c.sum()
	at := now
	for _, bucket := range slices.Sorted(maps.Keys(c)) {
		if sum < limit {
			break
		}
		sum -= c[bucket]
		at = time.UnixMilli((bucket+1)*step.Milliseconds() + span.Milliseconds())
	}
	return at
}

func (c counts) sum() int {
	sum := 0
	for _, n := range c {
		sum += n
	}
	return sum
}

func (c counts) forget(now time.Time, span, step time.Duration) {
	for bucket := range c {
		if (bucket+1)*step.Milliseconds()+span.Milliseconds() <= now.UnixMilli() {
			delete(c, bucket)
		}
	}
}

func (c *counts) add(now time.Time, span, step time.Duration) {
	if *c == nil {
		*c = counts{}
	}
	c.forget(now, span, step)
	(*c)[now.UnixMilli()/step.Milliseconds()]++
}

// reached is a limit that keeps a send waiting for longer than a gap.
type reached struct {
	limit string // empty: only the gap; Retry-After: the service has said so
	max   int
}

// err is the error of an answer that would wait until at; nil if it does not wait for a limit.
func (r reached) err(at time.Time) error {
	switch r.limit {
	case "":
		return nil
	case "Retry-After":
		return &RetryLaterError{Until: at}
	}
	return &LimitError{Limit: r.limit, Max: r.max, Until: at}
}

// free is when the account may send an entry of a class, at the earliest now, and what that waits
// for.
func (b *budget) free(class Class, now time.Time, l Limits, name string, quiet *Hours) (time.Time, reached) {
	at, why := now, reached{}
	later := func(t time.Time, r reached) {
		if t.After(at) {
			at, why = t, r
		}
	}
	later(time.UnixMilli(b.Next), reached{})
	later(b.Hour.free(now, l.PerHour, hourSpan, hourStep), reached{name + "PerHour", l.PerHour})
	later(b.Day.free(now, l.PerDay, daySpan, dayStep), reached{name + "PerDay", l.PerDay})
	if class == Answer {
		return at, why
	}
	later(time.UnixMilli(b.Later), reached{})
	later(b.Proactive.free(now, l.ProactivePerDay, daySpan, dayStep), reached{name + "ProactivePerDay", l.ProactivePerDay})
	later(quiet.Until(now), reached{limit: "Pace.Quiet"})
	return at, why
}

// freeChat is the same for what concerns only the chat of an entry.
func (b *budget) freeChat(it *item, now time.Time, l Limits, name string) (time.Time, reached) {
	at, why := now, reached{}
	if t := time.UnixMilli(b.Chats[it.target]); t.After(at) {
		at = t
	}
	if it.class == Answer {
		return at, why
	}
	if t := b.toldFree(it.target, now, l.ProactiveChatsPerHour); t.After(at) {
		at, why = t, reached{name + "ProactiveChatsPerHour", l.ProactiveChatsPerHour}
	}
	return at, why
}

// toldFree is when one more chat may get a proactive send.
func (b *budget) toldFree(target string, now time.Time, limit int) time.Time {
	maps.DeleteFunc(b.Told, func(_ string, t int64) bool { return t+hourSpan.Milliseconds() <= now.UnixMilli() })
	if _, known := b.Told[target]; known || limit <= 0 || len(b.Told) < limit {
		return now
	}
	times := slices.Sorted(maps.Values(b.Told))
	return time.UnixMilli(times[len(times)-limit] + hourSpan.Milliseconds())
}

// skew is how far ahead the times written by another process may be.
const skew = time.Minute

// redate moves times that are in the future back to now: the clock was ahead, and has been set
// back. Without it the account could be silent for as long as the clock was ahead. It reports
// whether it changed a time.
func (b *budget) redate(now time.Time, l Limits) (changed bool) {
	early := func(ms *int64, gap Range) {
		if *ms > now.Add(max(gap.Min, gap.Max)+skew).UnixMilli() {
			*ms, changed = now.UnixMilli(), true
		}
	}
	early(&b.Next, l.Gap)
	early(&b.Later, l.ProactiveGap)
	for chat, ms := range b.Chats {
		early(&ms, l.ChatGap)
		b.Chats[chat] = ms
	}
	for chat, ms := range b.Told {
		early(&ms, Range{})
		b.Told[chat] = ms
	}
	for _, w := range []struct {
		counts
		step time.Duration
	}{{b.Hour, hourStep}, {b.Day, dayStep}, {b.Proactive, dayStep}} {
		latest := now.Add(skew).UnixMilli() / w.step.Milliseconds()
		for bucket, n := range w.counts {
			if bucket > latest {
				delete(w.counts, bucket)
				w.counts[latest] += n
				changed = true
			}
		}
	}
	return changed
}

// take counts a send that begins now.
func (b *budget) take(it *item, now time.Time, l Limits, random func() float64) {
	ms := now.Add(time.Millisecond - 1).UnixMilli() // rounded up, so that no rest is too short
	gap := func(r Range) int64 {
		d := r.Min + time.Duration(random()*float64(max(0, r.Max-r.Min)))
		return ms + d.Milliseconds()
	}
	if b.Next = 0; l.Gap != (Range{}) {
		b.Next = gap(l.Gap)
	}
	maps.DeleteFunc(b.Chats, func(_ string, t int64) bool { return t <= ms })
	if l.ChatGap.Max > 0 {
		if b.Chats == nil {
			b.Chats = map[string]int64{}
		}
		b.Chats[it.target] = gap(l.ChatGap)
	}
	b.Hour.add(now, hourSpan, hourStep)
	b.Day.add(now, daySpan, dayStep)
	if it.class == Answer {
		return
	}
	if b.Later = 0; l.ProactiveGap != (Range{}) {
		b.Later = gap(l.ProactiveGap)
	}
	b.Proactive.add(now, daySpan, dayStep)
	if b.Told == nil {
		b.Told = map[string]int64{}
	}
	b.Told[it.target] = ms
}

func budgetKey(account string) string { return "outbox/budget/" + account }
