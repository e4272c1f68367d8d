package app

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// Place says where the store of a bot is. The commands that look into one have these flags.
type Place struct {
	Config string `short:"c" placeholder:"FILE" type:"path" help:"Configuration file of the bot; default: the HONGYAN_ variables."`
	Data   string `placeholder:"DIR" type:"path" help:"Data directory; default: that of the file, HONGYAN_DATA, hongyan-data."`
}

// Find returns the data directory, and the cluster if the bot keeps its store there instead.
func (p Place) Find(c Console) (dir string, cluster *nats.Config, err error) {
	if p.Config == "" {
		set, _ := c.lookup("HONGYAN_DATA")
		return cmp.Or(p.Data, set, bot.DefaultData), nil, nil
	}
	file, err := c.load(p.Config, c.reader())
	if err != nil {
		return "", nil, err
	}
	if p.Data != "" {
		return p.Data, nil, nil
	}
	return cmp.Or(file.Bot.Data, bot.DefaultData), file.NATS, nil
}

// Open opens the store; the bot may be running. The caller closes it.
func (p Place) Open(c Console) (store.Store, error) {
	dir, cluster, err := p.Find(c)
	if err != nil {
		return nil, err
	}
	return OpenBeside(c.Ctx, dir, cluster)
}

// OpenBeside opens a cluster, or the file in a data directory if cluster is nil, while bots may be
// using it. It does not create a file.
func OpenBeside(ctx context.Context, dir string, cluster *nats.Config) (store.Store, error) {
	if cluster != nil {
		c := *cluster
		c.Maintenance = true
		return asStore(nats.Open(ctx, c))
	}
	return asStore(openFile(ctx, dir))
}

// openFile opens the file in a data directory while a bot may be using it.
func openFile(ctx context.Context, dir string) (*sqlite.Store, error) {
	path := filepath.Join(dir, sqlite.FileName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, phrase.Errorf("no bot has kept anything in %s: name its data directory with --data, "+
			"or its configuration file with --config", dir)
	}
	s, err := sqlite.Open(ctx, sqlite.Config{Path: path, Maintenance: true})
	if errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrFull) { // a full disk must not hide what is on it
		if looking, lookErr := sqlite.OpenReadOnly(ctx, sqlite.Config{Path: path}); lookErr == nil {
			return looking, nil
		}
	}
	return s, err
}

// asStore keeps a nil pointer from becoming a store.
func asStore[S store.Store](s S, err error) (store.Store, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

// lookup finds an environment variable.
func (c Console) lookup(name string) (string, bool) {
	if c.Lookup == nil {
		return os.LookupEnv(name)
	}
	return c.Lookup(name)
}
