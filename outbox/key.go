package outbox

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hongyan-go/hongyan/store"
)

// authored begins the ledger keys of sends that an author named.
const authored = "key/"

// AccountKey is the ledger key of a send of an account that its author named, by router.Key: the
// same key in another account is another send.
func AccountKey(account, key string) string { return authored + account + "/" + key }

// GivenKey is the key of a send as its author gave it, and as a person passes it to Resend,
// MarkSent and Drop. It is Key for a send that its author did not name.
func GivenKey(s store.Send) string {
	if given, ok := strings.CutPrefix(s.Key, AccountKey(s.Account, "")); ok && given != "" {
		return given
	}
	return s.Key
}

// find reads the entry that a person means by a key: the key of the ledger, or the one that the
// author gave.
func find(ctx context.Context, l store.Ledger, key string) (store.Send, error) {
	var found []store.Send
	switch s, err := l.Get(ctx, key); {
	case err == nil && (s.Event != "" || strings.HasPrefix(key, authored)): // no author gave it
		return s, nil
	case err == nil:
		found = append(found, s)
	case !errors.Is(err, store.ErrNotFound):
		return store.Send{}, fmt.Errorf("outbox: %w", err)
	}
	query := store.SendQuery{Limit: 500}
	for {
		page, err := l.List(ctx, query)
		if err != nil {
			return store.Send{}, fmt.Errorf("outbox: %w", err)
		}
		for _, s := range page {
			if query.After = s.Seq; s.Key != key && GivenKey(s) == key {
				found = append(found, s)
			}
		}
		if len(page) < query.Limit {
			break
		}
	}
	switch len(found) {
	case 0:
		return store.Send{}, fmt.Errorf("outbox: %q: %w: hongyan outbox list shows the keys", key, store.ErrNotFound)
	case 1:
		return found[0], nil
	}
	keys := make([]string, len(found))
	for i, s := range found {
		keys[i] = s.Key
	}
	return store.Send{}, fmt.Errorf("outbox: %q is the key of %d sends: give one of %q", key, len(found), keys)
}
