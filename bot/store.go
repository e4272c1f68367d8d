package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// openStore opens the store of a configuration: Config.Store, a file in the data directory, or
// memory without one.
func openStore(c Config, logger *zap.Logger) (store.Store, error) {
	switch {
	case c.Store != nil:
		return c.Store, nil
	case c.Data == "":
		return memory.New(memory.Config{Clock: c.Clock}), nil
	}
	back, err := sqlite.Open(context.Background(), sqlite.Config{Path: filepath.Join(c.Data, sqlite.FileName),
		Clock: c.Clock, Logger: logger.Named("store")})
	var file *fs.PathError
	switch {
	case errors.Is(err, sqlite.ErrLocked), errors.As(err, &file):
		return nil, phrase.Errorf("bot: %w; the data directory is set with data:, --data, HONGYAN_DATA or Config.Data", err)
	case err != nil:
		return nil, fmt.Errorf("bot: %w", err)
	}
	return back, nil
}

// stateKey returns the key for an id that comes from outside. An id that is too long for a key is
// replaced by its hash.
func stateKey(prefix, id string) string {
	if len(prefix)+len(id) <= store.MaxKey {
		return prefix + id
	}
	sum := sha256.Sum256([]byte(id))
	return prefix + hex.EncodeToString(sum[:])
}
