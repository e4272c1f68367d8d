package welcome

import (
	"errors"
	"strconv"
	"strings"
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
	count := len(left)
	var names []string
	for _, p := range left {
		names = append(names, plugin.CleanName(p.Nickname, p.Username))
	}
	line := strings.Join(names[:min(count, max(w.c.MaxNames, 1))], "、")
	if count > max(w.c.MaxNames, 1) {
		line += " 等 " + strconv.Itoa(count) + " 人"
	}
	text := w.leave.Fill(map[string]string{
		"Names": line, "Name": line, "Count": strconv.Itoa(count),
		"GroupName": plugin.CleanName(w.h.Contacts().Contact(j, account, group), group),
	})
	scope := w.c.Scope
	scope.Notify = w.c.Leave.Notify
	return scope.Tell(j, w.h, account, text)
}
