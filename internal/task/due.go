package task

import (
	"strings"
	"time"
)

// The index has an entry for each time at which a task is due:
// "task/due/20060102/15/04/05.000/<name and key>".
const (
	index      = "task/due/"
	dayLayout  = "20060102/"
	hourLayout = dayLayout + "15/"
	minLayout  = hourLayout + "04/"
	dueLayout  = minLayout + "05.000/"
)

// indexKey is the key of the index entry of a task.
func indexKey(name, key string, due time.Time) string {
	return index + due.UTC().Format(dueLayout) + strings.TrimPrefix(entryKey(name, key), entries)
}

// indexed is the time and the key of the entry that an index entry is for.
func indexed(key string) (due time.Time, entry string, ok bool) {
	rest, _ := strings.CutPrefix(key, index)
	if len(rest) <= len(dueLayout) {
		return due, "", false
	}
	due, err := time.Parse(dueLayout, rest[:len(dueLayout)])
	return due, entries + rest[len(dueLayout):], err == nil
}

// buckets are the prefixes of the index entries from the minute of one time to the minute of
// another: of whole days and hours where those lie in between, so that a year is a few hundred.
func buckets(from, to time.Time) []string {
	var prefixes []string
	to = to.UTC().Truncate(time.Minute).Add(time.Minute)
	for t := from.UTC().Truncate(time.Minute); t.Before(to); {
		size, layout := time.Minute, minLayout
		for _, larger := range []struct {
			size   time.Duration
			layout string
		}{{24 * time.Hour, dayLayout}, {time.Hour, hourLayout}} {
			if t.Equal(t.Truncate(larger.size)) && !t.Add(larger.size).After(to) {
				size, layout = larger.size, larger.layout
				break
			}
		}
		prefixes = append(prefixes, index+t.Format(layout))
		t = t.Add(size)
	}
	return prefixes
}
