package app

import (
	"fmt"
	"reflect"

	"github.com/hongyan-go/hongyan/history"
)

// history is the configuration of the history; nil without one.
func (s *schema) history(mistake func(path string, err error)) *history.Config {
	if s.History == nil {
		return nil
	}
	if _, err := history.New(*s.History); err != nil {
		mistake("history", err)
		return nil
	}
	return s.History
}

// remember installs the history that a file asks for, in place of the one of the file before.
func (l *live) remember(before, next *File) (lines []string, err error) {
	var was *history.Config
	if before != nil {
		was = before.history
	}
	switch now := next.history; {
	case l.look || reflect.DeepEqual(was, now):
		return nil, nil
	case now == nil:
		err = l.bot.Uninstall(history.PluginName)
	default:
		var h *history.History
		if h, err = history.New(*now); err != nil {
			break
		}
		if was == nil {
			err = l.bot.Install(h)
		} else {
			err = l.bot.Replace(history.PluginName, h)
		}
	}
	if err != nil {
		return nil, err
	}
	return []string{l.path + ": the history has changed"}, nil
}

// reremember is remember for a file that has been read again: after a mistake, the history stays as
// it was.
func (l *live) reremember(next *File) []string {
	lines, err := l.remember(l.now, next)
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", next.place("history"), err)}
	}
	return lines
}
