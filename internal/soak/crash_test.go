package soak_test

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// TestKill9 repeatedly kills a bot during 50 conversations. Afterwards every acknowledged message
// has been handled and was answered once, in order; the only answers that may be missing or
// uncertain are counted as unknown.
func TestKill9(t *testing.T) {
	t.Parallel()
	kill9(t)
}

// TestKill9Tasks is TestKill9 with a bot that answers later, by tasks and turns that are pending
// when it is killed.
func TestKill9Tasks(t *testing.T) {
	t.Parallel()
	kill9(t, envTasks+"=1")
}

func kill9(t *testing.T, env ...string) {
	t.Helper()
	const conversations = 50
	kills := pick(4, 20)
	sim := simulator.Start(t, func(c *simulator.Config) {
		c.World = friends(conversations)
		c.Retries, c.RetryDelay = 10_000, 20*time.Millisecond
	})
	data := t.TempDir()
	env = append(env, envData+"="+data)
	p := launch(t, sim.BaseURL(), env...)
	sim.ExpectCallback() // from here on, every message is posted
	slowest := p.started

	hush := talk(t, sim, conversations)
	random := rand.New(rand.NewPCG(5, 9))
	for range kills {
		rest(t.Context(), time.Duration(50+random.IntN(400))*time.Millisecond)
		p.kill(t)
		p = launch(t, sim.BaseURL(), env...)
		slowest = max(slowest, p.started)
	}
	said := hush()
	require.NoError(t, sim.Settle(t.Context()), "every message is acknowledged eventually")
	back, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(data, sqlite.FileName), Maintenance: true})
	require.NoError(t, err)
	defer func() { assert.NoError(t, back.Close()) }()
	settle(t, back)
	p.kill(t)

	r := check(t, sim, back, said)
	t.Logf("%d kills, %s, slowest start %v", kills, r, slowest)
	assert.LessOrEqual(t, r.unknown, kills*64, "at most what was under way at each kill")
	if long() {
		assert.Less(t, slowest, time.Second)
	}
}
