package contacts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// ErrAmbiguous means that a name means several people or groups. The error is an *AmbiguousError,
// which lists them.
var ErrAmbiguous = errors.New("contacts: the name is not unique")

// maxListed bounds the candidates in the text of an error.
const maxListed = 10

// AmbiguousError is a name that means several people or groups.
type AmbiguousError struct {
	Name       string
	Candidates []Candidate // in the order of their ids
}

// Candidate is a person or a group that a name may mean.
type Candidate struct {
	ID   string
	Name string // the nickname; of a group its name
}

// Error lists the candidates with their ids.
func (e *AmbiguousError) Error() string {
	var list []string
	for i, c := range e.Candidates {
		if i == maxListed {
			list = append(list, fmt.Sprintf("and %d more", len(e.Candidates)-i))
			break
		}
		list = append(list, fmt.Sprintf("%s (%q)", c.ID, c.Name)) // the name is from outside
	}
	return fmt.Sprintf("contacts: %q is not unique: it can be %s; use the id", e.Name, strings.Join(list, ", "))
}

// Is reports ErrAmbiguous.
func (e *AmbiguousError) Is(target error) bool { return target == ErrAmbiguous }

// Find returns the id of the friend, the group or the official account that a name means: its id,
// the name that the account's owner gave it (the remark), its own name, or its WeChat number,
// without regard to white space around it. A remark goes before a name of somebody else, as people
// write it to tell contacts apart.
//
// Several with the name are an ErrAmbiguous. A name that nobody has is returned as it is if it can
// be an id, as people who are no friends have ids, too; otherwise it is an ErrUnknown. What is
// certainly an id, such as wxid_… and …@chatroom, is returned without a request.
func (b *Book) Find(ctx context.Context, appID, name string) (string, error) {
	name = strings.TrimSpace(name)
	if isID(name) {
		return name, nil
	}
	if name == "" {
		return "", phrase.Errorf("%w: an empty name", ErrUnknown)
	}
	ids, err := b.List(ctx, appID)
	if err != nil {
		return "", err
	}
	all := slices.Concat(ids.Friends, ids.Chatrooms, ids.Officials)
	if slices.Contains(all, name) {
		return name, nil
	}
	called, err := b.called(ctx, appID, all)
	if err != nil {
		return "", err
	}
	return choose(name, called, true)
}

// FindMember returns the wxid of the member of a group that a name means: the name that the person
// chose for the group, or else as in Find.
func (b *Book) FindMember(ctx context.Context, appID, group, name string) (string, error) {
	name = strings.TrimSpace(name)
	if isID(name) {
		return name, nil
	}
	g, err := b.Group(ctx, appID, group)
	if err != nil {
		return "", err
	}
	people := make([]called, 0, len(g.Members))
	for _, m := range g.Members {
		if m.Wxid == name {
			return name, nil
		}
		p := called{Candidate: Candidate{ID: m.Wxid, Name: m.NickName}, names: []string{m.NickName}, first: m.DisplayName}
		if profile, ok := b.people.Get(key{appID, m.Wxid}); ok && profile.value != nil {
			p.names = append(p.names, profile.value.Remark)
		}
		people = append(people, p)
	}
	return choose(name, people, false) // all members are known, so a name that looks like an id is none
}

// isID reports whether a name is certainly an id.
func isID(name string) bool {
	return callback.IsGroup(name) || strings.HasPrefix(name, "wxid_") || strings.HasPrefix(name, "gh_") ||
		strings.HasSuffix(name, "@openim") || name == "filehelper"
}

// called is a person or a group with its names.
type called struct {
	Candidate
	first string // the name that goes before those of others; may be empty
	names []string
}

func calledOf(p *api.ContactInfo) called {
	return called{Candidate: Candidate{ID: p.UserName, Name: p.NickName}, first: p.Remark, names: []string{p.NickName, p.Alias}}
}

// called returns the names of contacts. A group that is not in the address book has one as well.
func (b *Book) called(ctx context.Context, appID string, ids []string) ([]called, error) {
	profiles, err := b.Profiles(ctx, appID, ids...)
	if err != nil {
		return nil, err
	}
	list := make([]called, 0, len(ids))
	for _, id := range ids {
		c := called{Candidate: Candidate{ID: id}}
		if p := profiles[id]; p != nil {
			c = calledOf(p)
		}
		if c.Name == "" && callback.IsGroup(id) {
			if g, err := b.Group(ctx, appID, id); err == nil { // otherwise only the id is known
				c.Name, c.first, c.names = g.NickName, g.Remark, []string{g.NickName}
			}
		}
		list = append(list, c)
	}
	return list, nil
}

// choose returns the id of the one that has a name; with ids, a name that nobody has may be one.
func choose(name string, list []called, ids bool) (string, error) {
	var first, others []Candidate
	for _, c := range list {
		switch {
		case strings.TrimSpace(c.first) == name:
			first = append(first, c.Candidate)
		case slices.ContainsFunc(c.names, func(n string) bool { return strings.TrimSpace(n) == name }):
			others = append(others, c.Candidate)
		}
	}
	found := first
	if len(found) == 0 {
		found = others
	}
	switch {
	case len(found) == 1:
		return found[0].ID, nil
	case len(found) > 1:
		slices.SortFunc(found, func(a, b Candidate) int { return strings.Compare(a.ID, b.ID) })
		return "", &AmbiguousError{Name: name, Candidates: found}
	case ids && mayBeID(name):
		return name, nil
	}
	return "", phrase.Errorf("%w: nobody and no group is called %q: write the name as WeChat shows it, or the id", ErrUnknown, name)
}

// mayBeID reports whether a name can be a WeChat number: 6 to 20 letters, digits, - and _ of ASCII.
func mayBeID(name string) bool {
	return len(name) >= 6 && len(name) <= 20 && !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}

// Members returns the members of a group, its owner and its administrators.
func (b *Book) Members(ctx context.Context, appID, group string) (*api.ChatroomMemberList, error) {
	return lookup(ctx, b, b.members, key{appID, group}, askMembers, b.config.Timeout,
		func(ctx context.Context) (*api.ChatroomMemberList, error) {
			list, err := b.config.Client.Group.GetChatroomMemberList(ctx, appID, group)
			if err != nil {
				return nil, fmt.Errorf("contacts: %w", err)
			}
			return list, nil
		})
}

// forgetGroup drops what is cached of a group.
func (b *Book) forgetGroup(appID, group string) {
	forget(b, b.groups, key{appID, group}, askGroup)
	forget(b, b.members, key{appID, group}, askMembers)
}
