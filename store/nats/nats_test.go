package nats_test

import (
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
	"github.com/hongyan-go/hongyan/store/storetest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	s := natstest.Start(t, func(o *server.Options) { o.SyncAlways = false }) // which is about power failures
	var configs sync.Map
	open := func(t *testing.T, c nats.Config) store.Store {
		t.Helper()
		s, err := nats.Open(t.Context(), c)
		require.NoError(t, err)
		configs.Store(s, c)
		return s
	}
	storetest.Run(t, storetest.Config{
		Open: func(t *testing.T) store.Store {
			t.Helper()
			return open(t, fresh(s.ClientURL()))
		},
		Reopen: func(t *testing.T, closed store.Store) store.Store {
			t.Helper()
			c, _ := configs.Load(closed)
			return open(t, c.(nats.Config))
		},
		Clock: func(t *testing.T, closed store.Store, now func() time.Time) store.Store {
			t.Helper()
			c := fresh(s.ClientURL())
			if closed != nil {
				known, _ := configs.Load(closed)
				c = known.(nats.Config)
			}
			return open(t, nats.WithClock(c, now))
		},
	})
}
