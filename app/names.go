package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/hongyan-go/hongyan/store"
)

// mention is a chat or a person that a file calls by its name, outside of its tests.
type mention struct {
	of, name string
	place    string // bot.yaml:42
	id       string // the name itself if the id is not known
}

// unknown reports whether a name of the file has no id yet.
func (f *File) unknown(name string) bool {
	return slices.ContainsFunc(f.named, func(m mention) bool { return m.name == name && m.id == name })
}

// names finds the ids of names, and keeps what was found: a chat that is renamed later stays the one
// that the file means.
type names struct {
	state    store.State
	accounts func(ctx context.Context) []string
	find     func(ctx context.Context, account, name string) (string, error)
}

// nameKey is the key in the state of the id of a name.
func nameKey(m mention) string {
	sum := sha256.Sum256([]byte(m.of + "/" + m.name))
	return "app/name/" + hex.EncodeToString(sum[:16])
}

// errNoAccountYet means that no account is known that could be asked.
var errNoAccountYet = errors.New("app: no account is known yet; list it in accounts")

// resolve is the file with the ids of its names, and a line for each name that has none.
func (n *names) resolve(ctx context.Context, f *File) (*File, []string, error) {
	ids, missing := map[mention]string{}, []string(nil)
	for _, m := range f.named {
		key := mention{of: m.of, name: m.name}
		if _, done := ids[key]; done {
			continue
		}
		id, err := n.id(ctx, key)
		if err != nil {
			id = m.name
			missing = append(missing, fmt.Sprintf("%s: %q: %v; it is looked up again every minute", m.place, m.name, err))
		}
		ids[key] = id
	}
	if len(ids) == 0 {
		return f, nil, nil
	}
	resolved, err := f.with(func(of, name string) string {
		if id, ok := ids[mention{of: of, name: name}]; ok {
			return id
		}
		return name
	})
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
			return "", fmt.Errorf("app: the accounts of the bot mean different chats: it can be %s or %s; use the id", id, found)
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
