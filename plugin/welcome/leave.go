package welcome

import (
	"errors"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// leaveCatchUp is how late the comparison still runs that was missed while the bot was down.
const leaveCatchUp = 31 * 24 * time.Hour

// compare compares the members of each group with those of the last time.
func (w *welcome) compare(j *bot.Job) error {
	accounts := w.h.Accounts()
	if len(accounts) == 0 {
		accounts = []string{j.Account}
	}
	var errs []error
	for _, account := range accounts {
		groups, err := w.h.Groups(j, account)
		errs = append(errs, err)
		for _, group := range groups {
			errs = append(errs, plugin.Leavers(j, w.h, account, group, func(left []xmlmsg.Person) error {
				return w.tellLeft(j, account, group, left)
			}))
		}
	}
	return errors.Join(errs...)
}

// tellLeft tells in one line who has left.
func (w *welcome) tellLeft(j *bot.Job, account, group string, left []xmlmsg.Person) error {
	var names []string
	for _, p := range left {
		names = append(names, plugin.CleanName(p.Nickname, p.Username))
	}
	line := w.some(names)
	text := w.leave.Fill(map[string]string{
		"Names": line, "Name": line, "Count": strconv.Itoa(len(left)),
		"GroupName": plugin.CleanName(w.h.Contacts().Contact(j, account, group), group),
	})
	scope := w.c.Scope
	scope.Notify = w.c.Leave.Notify
	return scope.Tell(j, w.h, account, text)
}
