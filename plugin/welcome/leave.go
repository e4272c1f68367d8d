package welcome

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
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
			errs = append(errs, w.compareGroup(j, account, group))
		}
	}
	return errors.Join(errs...)
}

// members are those of a group at the last comparison, and those who were found to have left and
// are not told of yet: a run that is tried again tells of the same.
type members struct {
	Names map[string]string `json:"names"`
	Left  []string          `json:"left,omitempty"`
}

// compareGroup tells who has left a group. The first list is what the next is compared with, and
// says nothing.
func (w *welcome) compareGroup(j *bot.Job, account, group string) error {
	store := w.h.Store().Chat(account, group)
	var last members
	known, err := store.Get(j, "members", &last)
	if err != nil {
		return err
	}
	if len(last.Left) == 0 {
		list, err := w.h.Client().Group.GetChatroomMemberList(j, account, group)
		if err != nil || len(list.Members) == 0 { // the account may have left the group
			w.h.Logger().Warn("the members of a group are not known: they are compared later", zap.String("group", group), zap.Error(err))
			return nil
		}
		now := members{Names: map[string]string{}}
		for _, m := range list.Members {
			now.Names[m.Wxid] = m.NickName
		}
		for _, wxid := range slices.Sorted(maps.Keys(last.Names)) {
			if _, there := now.Names[wxid]; !there && known {
				now.Left = append(now.Left, plugin.CleanName(last.Names[wxid], wxid))
			}
		}
		last = now
		if err := store.Set(j, "members", last, 0); err != nil {
			return err
		}
	}
	if len(last.Left) == 0 {
		return nil
	}
	if err := w.tellLeft(j, account, group, last.Left); err != nil {
		return err
	}
	last.Left = nil
	return store.Set(j, "members", last, 0)
}

// tellLeft tells in one line who has left.
func (w *welcome) tellLeft(j *bot.Job, account, group string, names []string) error {
	count := len(names)
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
