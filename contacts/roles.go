package contacts

import (
	"context"
	"fmt"
	"slices"

	"github.com/hongyan-go/hongyan/api"
)

// askRoles is the question who owns and administers a group.
const askRoles = "roles"

// Manages reports whether a person is the owner or an administrator of a group. It is false if the
// service does not tell.
func (b *Book) Manages(ctx context.Context, appID, group, wxid string) bool {
	ask := func(ctx context.Context) (*api.ChatroomMemberList, error) {
		list, err := b.config.Client.Group.GetChatroomMemberList(ctx, appID, group)
		if err != nil {
			return nil, fmt.Errorf("contacts: %w", err)
		}
		return &api.ChatroomMemberList{Owner: list.Owner, Admins: list.Admins}, nil // the members are in the group itself
	}
	g, err := lookup(ctx, b, b.roles, key{appID, group}, askRoles, b.config.Timeout, ask)
	return err == nil && wxid != "" && (g.Owner == wxid || slices.Contains(g.Admins, wxid))
}

// Called returns the wxids of the members of a group who have this name there, or this nickname.
func (b *Book) Called(ctx context.Context, appID, group, name string) []string {
	g, err := b.Group(ctx, appID, group)
	if err != nil || name == "" {
		return nil
	}
	var chosen, nicked []string
	for _, m := range g.Members {
		switch name {
		case m.DisplayName:
			chosen = append(chosen, m.Wxid)
		case m.NickName:
			nicked = append(nicked, m.Wxid)
		}
	}
	return append(chosen, nicked...)
}
