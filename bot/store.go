package bot

import (
	"context"
	"fmt"
	"path/filepath"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// openStore opens what Config.Store and Config.Data say: a file in the data directory, or memory where there is none.
func openStore(c Config, logger *zap.Logger) (store.Store, error) {
	switch {
	case c.Store != nil:
		return c.Store, nil
	case c.Data == "":
		return memory.New(memory.Config{}), nil
	}
	back, err := sqlite.Open(context.Background(), sqlite.Config{Path: filepath.Join(c.Data, sqlite.FileName), Logger: logger.Named("store")})
	if err != nil {
		return nil, fmt.Errorf("bot: %w", err)
	}
	return back, nil
}
