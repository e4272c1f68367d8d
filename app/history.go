package app

import (
	"reflect"

	"github.com/hongyan-go/hongyan/history"
	"github.com/hongyan-go/hongyan/internal/phrase"
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
func (l *live) remember(before, next *File) (lines []phrase.Text, err error) {
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
	return []phrase.Text{phrase.New("%s: the history has changed", l.path)}, nil
}

// reremember is remember for a file that has been read again: after a mistake, the history stays as
// it was.
func (l *live) reremember(next *File) []phrase.Text {
	lines, err := l.remember(l.now, next)
	if err != nil {
		return []phrase.Text{phrase.New("%s: %v", next.place("history"), err)}
	}
	return lines
}
