package sqlite

import (
	"context"
	"strings"
	"sync"
)

// The bounds of the keys that are kept in memory.
const (
	familyKeys  = 4096
	maxFamilies = 64
)

// families know which keys there are, by the first part of the key: a message asks for much that
// hardly any chat has, such as an open form or a mute, and each time for another key. A family of
// too many keys is not kept, and an entry that has expired counts as there: then the file is read.
type families struct {
	mu  sync.RWMutex
	set map[string]*family // by name
}

// family has the keys of a family. Its fields are guarded by the mutex of families.
type family struct {
	keys   map[string]bool // with what was written while they are read: false if it was deleted
	read   bool            // the keys are all that there are
	excess bool            // they are too many
}

// familyOf is the name of the family of a key, and empty if it has none.
func familyOf(key string) string {
	return key[:strings.IndexByte(key, '/')+1]
}

// lacks reports whether there is certainly no entry of a key. If the family is not known yet, list
// reads its keys, at most limit; callers that come meanwhile do not wait for it.
func (fs *families) lacks(
	ctx context.Context, key string, list func(ctx context.Context, family string, limit int) ([]string, error),
) bool {
	name := familyOf(key)
	if name == "" {
		return false
	}
	fs.mu.RLock()
	f := fs.set[name]
	if f != nil || len(fs.set) >= maxFamilies {
		defer fs.mu.RUnlock()
		return f != nil && f.read && !f.excess && !f.keys[key]
	}
	fs.mu.RUnlock()
	if f = fs.begin(name); f == nil {
		return false
	}
	keys, err := list(ctx, name, familyKeys+1)
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.set[name] != f { // cleared meanwhile
		return false
	}
	if err != nil { // the caller reads the file, and gets the error
		delete(fs.set, name)
		return false
	}
	for _, k := range keys {
		if _, written := f.keys[k]; !written {
			f.keys[k] = true
		}
	}
	f.read = true
	f.bound()
	return !f.excess && !f.keys[key]
}

// begin adds a family whose keys are read next; nil if another caller was faster. What is written
// from now on is noted, and what was written before is in the file.
func (fs *families) begin(name string) *family {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.set[name] != nil || len(fs.set) >= maxFamilies {
		return nil
	}
	if fs.set == nil {
		fs.set = map[string]*family{}
	}
	f := &family{keys: map[string]bool{}}
	fs.set[name] = f
	return f
}

// write notes that an entry was written, or deleted.
func (fs *families) write(key string, there bool) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	f := fs.set[familyOf(key)]
	switch {
	case f == nil || f.excess:
	case there || !f.read:
		f.keys[key] = there
		f.bound()
	default:
		delete(f.keys, key)
	}
}

// bound gives up a family of too many keys.
func (f *family) bound() {
	if len(f.keys) > familyKeys {
		f.keys, f.excess = nil, true
	}
}

// clear forgets everything.
func (fs *families) clear() {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.set = nil
}
