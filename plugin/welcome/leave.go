package welcome

import (
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
)

// leaveCatchUp is how late the comparison still runs that was missed while the bot was down.
const leaveCatchUp = 31 * 24 * time.Hour

// compare compares the members of each group with those of the last time.
func (w *welcome) compare(j *bot.Job) error {
	return plugin.Leavers(j, w.h, func(left plugin.Left) error { return w.tellLeft(j, left) })
}

// tellLeft tells in one line who has left a group.
func (w *welcome) tellLeft(j *bot.Job, left plugin.Left) error {
	var names []string
	for _, p := range left.People {
		names = append(names, plugin.CleanName(p.Nickname, p.Username))
	}
	line := w.some(names)
	text := w.leave.Fill(map[string]string{
		"Names": line, "Name": line, "Count": strconv.Itoa(len(names)),
		"GroupName": plugin.CleanName(w.h.Contacts().Contact(j, left.Account, left.Group), left.Group),
	})
	scope := w.c.Scope
	scope.Notify = w.c.Leave.Notify
	return scope.Tell(j, w.h, left.Account, text)
}
