package contacts

import (
	"context"
	"errors"
	"fmt"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
)

// ErrUnknown means that the service has no such person or group, or none visible to the account.
var ErrUnknown = errors.New("contacts: not known to the service")

// errNoAnswer is the error of a lookup that recently failed.
var errNoAnswer = fmt.Errorf("%w, according to a recent answer", ErrUnknown)

// Contact returns the nickname of a person or the name of a group, or the id if the name is
// unknown. It never returns the remark, which is private to the account's owner.
func (b *Book) Contact(ctx context.Context, appID, id string) string {
	name := ""
	if callback.IsGroup(id) {
		if g, err := b.Group(ctx, appID, id); err == nil {
			name = g.NickName
		}
	} else if p, err := b.Profile(ctx, appID, id); err == nil {
		name = p.NickName
	}
	if name == "" {
		return id
	}
	return name
}

// Member returns the name that a person chose for a group, else the nickname, or the wxid if both
// are unknown.
func (b *Book) Member(ctx context.Context, appID, group, wxid string) string {
	if g, err := b.Group(ctx, appID, group); err == nil {
		for _, m := range g.Members {
			if m.Wxid != wxid {
				continue
			}
			if m.DisplayName != "" {
				return m.DisplayName
			}
			if m.NickName != "" {
				return m.NickName
			}
		}
	}
	return b.Contact(ctx, appID, wxid)
}

// Profile returns the short profile of a person or an official account, or ErrUnknown.
func (b *Book) Profile(ctx context.Context, appID, wxid string) (*api.ContactInfo, error) {
	return lookup(ctx, b, b.people, key{appID, wxid}, askProfile, b.config.Timeout, func(ctx context.Context) (*api.ContactInfo, error) {
		infos, err := b.config.Client.Contacts.GetBriefInfo(ctx, appID, wxid)
		if err != nil {
			return nil, fmt.Errorf("contacts: %w", err)
		}
		for i := range infos {
			if infos[i].UserName == wxid {
				return &infos[i], nil
			}
		}
		return nil, fmt.Errorf("%w: %s", ErrUnknown, wxid)
	})
}

// Profiles returns the short profiles of several people; those without one are missing. Unknown
// ones are requested together, 100 at a time.
func (b *Book) Profiles(ctx context.Context, appID string, wxids ...string) (map[string]*api.ContactInfo, error) {
	found := make(map[string]*api.ContactInfo, len(wxids))
	var missing []string
	now := b.config.Clock.Now()
	for _, id := range wxids {
		known, ok := b.people.Get(key{appID, id})
		switch {
		case !ok || !known.until.After(now):
			missing = append(missing, id)
		case known.value != nil:
			found[id] = known.value
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	infos, err := b.config.Client.Contacts.GetBriefInfo(ctx, appID, missing...)
	for i := range infos {
		b.people.Add(key{appID, infos[i].UserName}, entry[api.ContactInfo]{&infos[i], now.Add(b.config.TTL)})
		found[infos[i].UserName] = &infos[i]
	}
	if err != nil {
		return found, fmt.Errorf("contacts: %w", err)
	}
	return found, nil
}

// Group returns a group with its members, even if it is not in the address book.
func (b *Book) Group(ctx context.Context, appID, id string) (*api.ChatroomInfo, error) {
	return lookup(ctx, b, b.groups, key{appID, id}, askGroup, b.config.Timeout, func(ctx context.Context) (*api.ChatroomInfo, error) {
		g, err := b.config.Client.Group.GetChatroomInfo(ctx, appID, id)
		if err != nil {
			return nil, fmt.Errorf("contacts: %w", err)
		}
		return g, nil
	})
}
