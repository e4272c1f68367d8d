package nats

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
)

// closeTimeout bounds how long Close tries to give up its partitions. Others take them over anyway.
const closeTimeout = 5 * time.Second

// Store is a store.Store in a JetStream cluster. Make it with Open.
type Store struct {
	cluster *cluster
	life    *lifetime
	keeper  *keeper
	inbox   *inbox
	ledger  *ledger
	state   *state

	stop   context.CancelFunc
	owned  sync.WaitGroup // the goroutines of the store
	closes sync.Once
}

var _ store.Store = (*Store)(nil)

// Open connects to the cluster, makes or upgrades the streams, and takes this process's share of the partitions. store.ErrUnavailable means
// that no server answers; other errors are about the configuration, and say what to change.
func Open(ctx context.Context, c Config) (*Store, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := c.checkSync(ctx); err != nil {
		return nil, err
	}
	cl, err := connect(c)
	if err != nil {
		return nil, err
	}
	s, err := open(ctx, cl, c)
	if err != nil {
		cl.conn.Close()
		return nil, err
	}
	return s, nil
}

func open(ctx context.Context, cl *cluster, c Config) (*Store, error) {
	if err := cl.checkPermissions(ctx); err != nil {
		return nil, err
	}
	buckets := map[string]*bucket{}
	for _, part := range parts() {
		b, err := cl.open(ctx, part, c)
		if err != nil {
			return nil, err
		}
		buckets[part] = b
	}
	life := newLifetime(buckets[partWork], c)
	s := &Store{
		cluster: cl, life: life,
		inbox:  newInbox(cl, c, buckets[partInbox], buckets[partWork], life),
		ledger: &ledger{bucket: buckets[partLedger], config: c, life: life},
		state:  &state{bucket: buckets[partState], config: c, life: life},
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.keeper = &keeper{in: s.inbox, life: life, ctx: running}
	if c.Maintenance {
		return s, nil
	}
	first, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.keeper.turn(first); err != nil {
		stop()
		s.keeper.work.Wait()
		return nil, err
	}
	s.owned.Go(func() { s.keeper.run(running) })
	s.owned.Go(func() { s.inbox.read(running) })
	s.owned.Go(func() { s.sweeps(running) })
	return s, nil
}

// Inbox implements store.Store.
func (s *Store) Inbox() store.Inbox { return s.inbox }

// Ledger implements store.Store.
func (s *Store) Ledger() store.Ledger { return s.ledger }

// State implements store.Store.
func (s *Store) State() store.State { return s.state }

// Durable implements store.Store.
func (s *Store) Durable() bool { return true }

// Shared tells that other processes may work on the store at the same time: what is under way there may be theirs.
func (s *Store) Shared() bool { return true }

// Close implements store.Store: it gives up the partitions, so that others have them at once. A waiting Lease returns store.ErrClosed.
func (s *Store) Close() error {
	s.closes.Do(s.close)
	return nil
}

func (s *Store) close() {
	s.life.isClosed.Store(true)
	limit := closeTimeout
	if !s.cluster.conn.IsConnected() {
		limit = firstPause // there is nobody to give anything to
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	s.inbox.close(ctx)
	s.stop()
	s.owned.Wait()
	s.keeper.work.Wait()
	if err := s.life.leave(ctx); err != nil {
		s.life.config.Logger.Warn("this process could not say goodbye, others take over in a while", zap.Error(err))
	}
	s.cluster.conn.Close()
}
