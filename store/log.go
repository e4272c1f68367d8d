package store

import (
	"context"
	"fmt"
	"time"
)

// Line is a line of a log.
type Line struct {
	// Seq is the position of the line; the back end sets it. It grows with every Append, and is the
	// cursor of readers.
	Seq uint64
	// Key groups the lines of a log, such as the lines of a conversation. It may be empty, and has
	// at most MaxKey bytes.
	Key string
	// ID identifies the line in its log: a second line with the same ID is not stored. Empty means
	// that the line has no identity and is never a duplicate. It has at most MaxKey bytes.
	ID string
	// Time is when the line happened, in milliseconds. It may be earlier than its Append; zero, and
	// a later time, mean the time of the Append.
	Time time.Time
	// Data is the line itself, up to MaxValue bytes.
	Data []byte
}

// LineQuery selects lines of a log. Zero fields select all.
type LineQuery struct {
	// Key selects the lines with this key.
	Key string
	// After is the Seq after which to read.
	After uint64
	// From and To select the lines with From <= Time < To.
	From, To time.Time
	// Limit is the maximum number of lines; 0 means DefaultListLimit.
	Limit int
	// Newest selects the last Limit lines instead of the first ones.
	Newest bool
}

// Includes reports whether a line matches the query, apart from its Limit.
func (q LineQuery) Includes(l Line) bool {
	return (q.Key == "" || l.Key == q.Key) && l.Seq > q.After &&
		(q.From.IsZero() || !l.Time.Before(q.From)) && (q.To.IsZero() || l.Time.Before(q.To))
}

// Log stores lines in the order of their Append: what was said, what happened. One Log holds many
// logs, which are told apart by their names; there is no need to create one. The rules for
// implementers, in addition to those of Store:
//
//   - The lines of all logs share one sequence. A reader that has read up to a Seq misses no line
//     with a lower one, also while others append.
//   - Of two Appends of one ID to a log, even concurrent ones, exactly one adds. An ID is known as
//     long as its line is stored, but may be forgotten after two days.
//   - A line is stored for the time keep of its Append, 0 means forever. A back end may apply the
//     latest keep to the earlier lines of the log, too.
//   - A line whose time is over does not exist, also for Read.
//   - Read costs no more for the lines that are not selected by After, Key and From.
type Log interface {
	// Append stores a line, and returns its Seq. If the ID is known, it returns the Seq of the
	// stored line, and false.
	Append(ctx context.Context, log string, line Line, keep time.Duration) (seq uint64, added bool, err error)
	// Read returns lines in the order of their Seq.
	Read(ctx context.Context, log string, q LineQuery) ([]Line, error)
	// Forget deletes the lines with a key, or, for an empty key, all lines of the log.
	Forget(ctx context.Context, log, key string) error
}

// CheckLine returns an error for a line that violates the contract. Back ends call it.
func CheckLine(log string, l Line) error {
	switch {
	case log == "" || len(log) > MaxKey:
		return fmt.Errorf("store: the name of a log has 1 to %d bytes, this one has %d", MaxKey, len(log))
	case len(l.Key) > MaxKey:
		return fmt.Errorf("store: the key of a line has at most %d bytes, this one has %d", MaxKey, len(l.Key))
	case len(l.ID) > MaxKey:
		return fmt.Errorf("store: the ID of a line has at most %d bytes, this one has %d", MaxKey, len(l.ID))
	case len(l.Data) > MaxValue:
		return fmt.Errorf("store: a line has at most %d bytes, this one has %d", MaxValue, len(l.Data))
	}
	return nil
}
