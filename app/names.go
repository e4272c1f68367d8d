package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"

	"github.com/hongyan-go/hongyan/contacts"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/store"
)

// mention is a chat or a person that a file calls by its name, outside of its tests.
type mention struct {
	of, name string
	place    string // bot.yaml:42
}

// nobodyID stands for a name whose id is not known: no chat and no person has it.
func nobodyID(of, name string) string {
	if of == ofChats {
		return "0" + number(name, 10) + "@chatroom" // real ones do not begin with 0
	}
	return "wxid_unknown-" + number(name, 10)
}

// names finds the ids of names, and keeps what was found: a chat that is renamed later stays the
// one that the file means.
type names struct {
	state    store.State
	book     *contacts.Book
	accounts func(ctx context.Context) []string
}

// nameKey is the key in the state of the id of a name.
func nameKey(m mention) string {
	sum := sha256.Sum256([]byte(m.of + "/" + m.name))
	return "app/name/" + hex.EncodeToString(sum[:16])
}

// errNoAccountYet means that no account is known that could be asked.
var errNoAccountYet = errors.New("app: no account is known yet; list it in accounts")

// resolve is the file with the ids of its names, and a line for each name that has none.
func (n *names) resolve(ctx context.Context, f *File) (*File, []phrase.Text, error) {
	ids, missing := map[mention]string{}, []phrase.Text(nil)
	for _, m := range f.named {
		key := mention{of: m.of, name: m.name}
		if _, done := ids[key]; done {
			continue
		}
		id, err := n.id(ctx, key)
		switch {
		case errors.Is(err, errOnlyAnID):
			id = m.name
			missing = append(missing, phrase.New("%s: %q: %v", m.place, m.name, err))
		case err != nil:
			id = nobodyID(m.of, m.name)
			missing = append(missing, phrase.New("%s: %q: %v; it is looked up again every minute", m.place, m.name, err))
		}
		ids[key] = id
	}
	if len(ids) == 0 {
		return f, nil, nil
	}
	resolved, err := f.with(func(of, name string) string { return ids[mention{of: of, name: name}] })
	return resolved, missing, err
}

// id is the id of a name: what was found once, or else what all accounts agree on that know it.
func (n *names) id(ctx context.Context, m mention) (string, error) {
	key := nameKey(m)
	switch e, err := n.state.Get(ctx, key); {
	case err == nil:
		return string(e.Value), nil
	case !errors.Is(err, store.ErrNotFound):
		return "", err
	}
	id, err := "", errNoAccountYet
	for _, account := range n.accounts(ctx) {
		found, findErr := n.find(ctx, account, m.name)
		switch {
		case findErr != nil:
			if id == "" {
				err = findErr
			}
		case id != "" && id != found:
			return "", phrase.Errorf("app: the accounts of the bot mean different chats: it can be %s or %s; use the id", id, found)
		default:
			id, err = found, nil
		}
	}
	if err != nil {
		return "", err
	}
	if _, err := n.state.Put(ctx, key, []byte(id), 0); err != nil {
		return "", err
	}
	return id, nil
}

// errOnlyAnID means that nobody that an account knows has a name. A stranger may have it as an id.
var errOnlyAnID = errors.New("app: no friend and no group has this name; it is taken for an id")

// find is the id that an account knows by a name.
func (n *names) find(ctx context.Context, account, name string) (string, error) {
	id, err := n.book.Find(ctx, account, name)
	if err != nil || id != name {
		return id, err
	}
	known, err := n.book.List(ctx, account)
	if err == nil && !slices.Contains(slices.Concat(known.Friends, known.Chatrooms, known.Officials), id) {
		err = errOnlyAnID
	}
	return id, err
}
