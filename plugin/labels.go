package plugin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// AddLabels adds labels to those that a friend has, makes those that the account does not have yet,
// and returns the names of all that the friend has then. The service replaces the labels of a
// person as a whole: two calls for one person must not run at once, so let a task do it whose key
// is the person.
func AddLabels(ctx context.Context, client *api.Client, account, who string, names ...string) ([]string, error) {
	labels, err := client.Label.List(ctx, account)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what failed
	}
	people, err := client.Contacts.GetDetailInfo(ctx, account, who)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what failed
	}
	var has api.IDList
	for _, p := range people {
		has = append(has, p.LabelList...)
	}
	before := len(has)
	for _, name := range names {
		i := slices.IndexFunc(labels, func(l api.Label) bool { return l.Name == name })
		if i < 0 {
			made, err := client.Label.Add(ctx, account, name)
			if err != nil {
				return nil, err //nolint:wrapcheck // it says what failed
			}
			i, labels = len(labels), append(labels, *made)
		}
		if !slices.Contains(has, labels[i].ID) {
			has = append(has, labels[i].ID)
		}
	}
	if len(has) > before {
		err = client.Label.ModifyMemberList(ctx, api.ModifyMemberListRequest{AppID: account, Labels: has, Wxids: []string{who}})
	}
	return LabelNames(labels, has), err //nolint:wrapcheck // it says what failed
}

// ErrNoLabel means that an account has no label of a name.
var ErrNoLabel = errors.New("plugin: there is no such label")

// Labelled are the wxids of the friends who have a label.
func Labelled(ctx context.Context, h *bot.Handle, account, name string) (wxids []string, err error) {
	labels, err := h.Client().Label.List(ctx, account)
	if err != nil {
		return nil, fmt.Errorf("plugin: labels: %w", err)
	}
	i := slices.IndexFunc(labels, func(l api.Label) bool { return l.Name == name })
	if i < 0 {
		return nil, phrase.Errorf("%w: %q", ErrNoLabel, name)
	}
	all, err := h.Contacts().List(ctx, account)
	if err != nil {
		return nil, fmt.Errorf("plugin: friends: %w", err)
	}
	profiles, err := h.Client().Contacts.GetDetailInfo(ctx, account, all.Friends...)
	if err != nil {
		return nil, fmt.Errorf("plugin: friends: %w", err)
	}
	for _, f := range profiles {
		if slices.Contains(f.LabelList, labels[i].ID) {
			wxids = append(wxids, f.UserName)
		}
	}
	return wxids, nil
}

// LabelNames are the names of labels by their ids.
func LabelNames(labels []api.Label, ids api.IDList) (names []string) {
	for _, l := range labels {
		if slices.Contains(ids, l.ID) {
			names = append(names, l.Name)
		}
	}
	return names
}
