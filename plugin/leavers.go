package plugin

import (
	"context"
	"errors"
	"maps"
	"slices"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// members are those of a group at the last comparison, and those who were found to have left and
// are not told of yet: a run that is tried again tells of the same.
type members struct {
	Names map[string]string `json:"names"`
	Left  []xmlmsg.Person   `json:"left,omitempty"`
}

// Left are those who have left a group.
type Left struct {
	Account, Group string
	People         []xmlmsg.Person
}

// EachGroup calls do for each group in which a plugin is on, of each account, and joins the errors.
func EachGroup(j *bot.Job, h *bot.Handle, do func(account, group string) error) error {
	accounts := h.Accounts()
	if len(accounts) == 0 {
		accounts = []string{j.Account}
	}
	var errs []error
	for _, account := range accounts {
		groups, err := h.Groups(j, account)
		errs = append(errs, err)
		for _, group := range groups {
			errs = append(errs, do(account, group))
		}
	}
	return errors.Join(errs...)
}

// Leavers compares the members of each group of a plugin with those of the last time, and calls
// tell with those who are not there any more: WeChat tells nobody when a member leaves. The first
// list is what the next is compared with, and tells of none. Call it in a schedule; tell may run
// again if it fails.
func Leavers(j *bot.Job, h *bot.Handle, tell func(left Left) error) error {
	return EachGroup(j, h, func(account, group string) error {
		return leavers(j, h, account, group, func(people []xmlmsg.Person) error { return tell(Left{account, group, people}) })
	})
}

func leavers(ctx context.Context, h *bot.Handle, account, group string, tell func(left []xmlmsg.Person) error) error {
	store := h.Store().Chat(account, group)
	var last members
	known, err := store.Get(ctx, "members", &last)
	if err != nil {
		return err //nolint:wrapcheck // it names the value
	}
	if len(last.Left) == 0 {
		list, err := h.Client().Group.GetChatroomMemberList(ctx, account, group)
		if err != nil || len(list.Members) == 0 { // the account may have left the group
			h.Logger().Warn("the members of a group are not known: they are compared later", zap.String("group", group), zap.Error(err))
			return nil
		}
		now := members{Names: map[string]string{}}
		for _, m := range list.Members {
			now.Names[m.Wxid] = m.NickName
		}
		for _, wxid := range slices.Sorted(maps.Keys(last.Names)) {
			if _, there := now.Names[wxid]; !there && known {
				now.Left = append(now.Left, xmlmsg.Person{Username: wxid, Nickname: last.Names[wxid]})
			}
		}
		last = now
		if err := store.Set(ctx, "members", last, 0); err != nil {
			return err //nolint:wrapcheck // it names the value
		}
	}
	if len(last.Left) == 0 {
		return nil
	}
	if err := tell(last.Left); err != nil {
		return err
	}
	last.Left = nil
	return store.Set(ctx, "members", last, 0) //nolint:wrapcheck // it names the value
}
