package contacts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/store"
)

// maxSeen bounds the number of groups per account that are remembered from callbacks.
const maxSeen = 5_000

// listTimeout bounds the request for the whole address book, which is slow; after a timeout, the
// service has the list in its cache.
const listTimeout = 2 * time.Minute

// List returns the address book of an account: friends, groups and official accounts. It includes
// groups from which callbacks came, although the service lists only groups that a person has saved.
func (b *Book) List(ctx context.Context, appID string) (*api.ContactIDs, error) {
	ids, err := lookup(ctx, b, b.lists, key{account: appID}, askList, listTimeout, func(ctx context.Context) (*api.ContactIDs, error) {
		ids, err := b.config.Client.Contacts.FetchContactsList(ctx, appID)
		if err != nil && errors.Is(err, context.DeadlineExceeded) {
			cached, failed := b.config.Client.Contacts.FetchContactsListCache(context.WithoutCancel(ctx), appID)
			// GeWe returns empty lists if its cache is empty.
			if failed != nil || len(cached.Friends)+len(cached.Chatrooms)+len(cached.Officials) > 0 {
				ids, err = cached, failed
			}
		}
		if err != nil {
			return nil, fmt.Errorf("contacts: %w", err)
		}
		return ids, nil
	})
	if err != nil {
		return nil, err
	}
	all := *ids
	if all.Chatrooms, err = b.withSeen(ctx, appID, ids.Chatrooms); err != nil {
		return nil, err
	}
	return &all, nil
}

// withSeen adds the groups from which callbacks came.
func (b *Book) withSeen(ctx context.Context, appID string, saved []string) ([]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seenAt[appID] = time.Time{} // what other processes have seen since counts as well
	seen, err := b.loaded(ctx, appID)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(saved)
	for _, id := range slices.Sorted(maps.Keys(seen)) {
		if !slices.Contains(saved, id) {
			all = append(all, id)
		}
	}
	return all, nil
}

func seenKey(appID string) string { return "contacts/groups/" + appID }

// loaded returns the groups seen so far, as this process last loaded them; other processes may have
// seen more. The caller holds the lock.
func (b *Book) loaded(ctx context.Context, appID string) (map[string]bool, error) {
	now := b.config.Clock.Now()
	age := now.Sub(b.seenAt[appID])
	if seen := b.seen[appID]; seen != nil && (b.config.State == nil || age >= 0 && age < b.config.TTL) {
		return seen, nil
	}
	seen, _, err := b.stored(ctx, appID)
	if err != nil {
		return nil, err
	}
	b.seen[appID], b.seenAt[appID] = seen, now
	return seen, nil
}

// stored returns the groups in the state, with the revision of the entry.
func (b *Book) stored(ctx context.Context, appID string) (map[string]bool, uint64, error) {
	seen := map[string]bool{}
	if b.config.State == nil {
		return seen, 0, nil
	}
	e, err := b.config.State.Get(ctx, seenKey(appID))
	if errors.Is(err, store.ErrNotFound) {
		return seen, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("contacts: %w", err)
	}
	var ids []string
	if err := json.Unmarshal(e.Value, &ids); err != nil {
		ids = nil // it is only a cache: start over
	}
	for _, id := range ids {
		seen[id] = true
	}
	return seen, e.Revision, nil
}

// see records that the account is in a group, or has left it. Other processes may do so at the same
// time.
func (b *Book) see(ctx context.Context, appID, group string, member bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	seen, err := b.loaded(ctx, appID)
	if err != nil {
		return err
	}
	if seen[group] == member || member && len(seen) >= maxSeen {
		return nil
	}
	for {
		merged, revision, err := b.stored(ctx, appID)
		if err != nil {
			return err
		}
		if b.config.State == nil {
			merged = seen
		}
		if delete(merged, group); member {
			merged[group] = true
		}
		b.seen[appID] = merged
		if b.config.State == nil {
			return nil
		}
		value, err := json.Marshal(slices.Sorted(maps.Keys(merged)))
		if err != nil {
			return fmt.Errorf("contacts: %w", err)
		}
		_, err = b.config.State.Swap(ctx, seenKey(appID), value, revision, 0)
		if !errors.Is(err, store.ErrConflict) {
			if err != nil {
				return fmt.Errorf("contacts: %w", err)
			}
			return nil
		}
	}
}
