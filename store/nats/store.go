package nats

import (
	"context"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
)

// maxRecent bounds the records that a process remembers so that a change of one need not read it:
// the write compares the revision, and fails if another process has changed the record since.
const maxRecent = 4096

// closeTimeout limits how long Close tries to give up the partitions. Otherwise other processes
// take them over after Config.Takeover.
const closeTimeout = 5 * time.Second

// Store is a store.Store in a JetStream cluster. Make it with Open.
type Store struct {
	cluster *cluster
	self    *membership
	keeper  *keeper
	inbox   *inbox
	ledger  *ledger
	state   *state
	log     *log

	stop   context.CancelFunc
	owned  sync.WaitGroup // the goroutines of the store
	closes sync.Once
}

var _ store.Store = (*Store)(nil)

// Open connects to the cluster, creates or upgrades the streams, and acquires this process's share
// of the partitions. store.ErrUnavailable means that no server answers; other errors concern the
// configuration and say what to change.
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
	self := newMembership(buckets[partWork], c)
	s := &Store{
		cluster: cl, self: self,
		inbox:  newInbox(cl, c, buckets[partInbox], buckets[partWork], self),
		ledger: &ledger{bucket: buckets[partLedger], config: c, self: self},
		state:  &state{bucket: buckets[partState], config: c, self: self},
		log:    &log{bucket: buckets[partLog], config: c, self: self},
	}
	s.ledger.recent, _ = lru.New[string, store.Send](maxRecent) // it fails for a size below 1
	s.state.recent, _ = lru.New[string, store.Entry](maxRecent)
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.keeper = &keeper{in: s.inbox, self: self, ctx: running}
	if c.Maintenance {
		return s, nil
	}
	first, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := s.keeper.turn(first); err != nil {
		stop()
		s.keeper.work.Wait()
		return nil, err
	}
	s.keeper.tick = time.NewTicker(c.heartbeat())
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

// Log implements store.Store.
func (s *Store) Log() store.Log { return s.log }

// Durable implements store.Store.
func (s *Store) Durable() bool { return true }

// Shared reports that other processes may use the store at the same time, so work in progress may
// be theirs.
func (s *Store) Shared() bool { return true }

// Close implements store.Store. It gives up the partitions, so that other processes can take them
// at once. A waiting Lease returns store.ErrClosed.
func (s *Store) Close() error {
	s.closes.Do(s.close)
	return nil
}

func (s *Store) close() {
	s.self.isClosed.Store(true)
	limit := closeTimeout
	if !s.cluster.conn.IsConnected() {
		limit = firstPause // no server can be reached
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	s.inbox.close(ctx)
	s.stop()
	s.owned.Wait()
	s.keeper.work.Wait()
	if err := s.self.leave(ctx); err != nil {
		s.self.config.Logger.Warn("this process could not leave the cluster, others take over later", zap.Error(err))
	}
	s.cluster.conn.Close()
}
