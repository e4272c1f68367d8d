package sqlite_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// load appends messages of 1.5 KB up to the number in the environment, reports that, and waits to
// be killed.
func load(s *sqlite.Store) {
	count, _ := strconv.Atoi(os.Getenv(countEnv))
	body := bytes.Repeat([]byte("x"), 1500)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 256 {
		wg.Go(func() {
			for i := int(next.Add(1)); i <= count; i = int(next.Add(1)) {
				item := store.Item{Key: "wx_demo:" + strconv.Itoa(i*7919), Lane: "wx_demo/wxid_" + strconv.Itoa(i%1000), Body: body}
				if _, err := s.Inbox().Append(context.Background(), item); err != nil {
					fmt.Println("error", err)
				}
			}
		})
	}
	wg.Wait()
	fmt.Println("loaded", count)
	select {}
}

// idle leases one message, reports how long that took and how much memory the process uses, and
// waits to be killed.
func idle(s *sqlite.Store) {
	started := time.Now()
	leases, err := s.Inbox().Lease(context.Background(), 1, time.Hour)
	if err != nil || len(leases) != 1 {
		fmt.Println("error", leases, err)
	}
	fmt.Println("lease", time.Since(started).Milliseconds())
	runtime.GC()
	status, _ := os.ReadFile("/proc/self/status") // on other systems the memory is not checked
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); fields[0] == "VmRSS:" {
			fmt.Println("memory", fields[1])
		}
	}
	fmt.Println("ready 0")
	select {}
}

// report reads the output of a process up to the line last, and kills it.
func report(t *testing.T, what, path string, count int, last string) map[string]int {
	t.Helper()
	cmd, lines := child(t, what, path, count)
	said := map[string]int{}
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		require.NotEqual(t, "error", name, value)
		said[name], _ = strconv.Atoi(value)
		if name == last {
			break
		}
	}
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	require.Contains(t, said, last)
	return said
}

// TestMuchPendingCostsLittle fills a store, kills its process, and measures the next one. Its
// memory is compared with that of a process with an empty store, because the race detector adds to
// both.
func TestMuchPendingCostsLittle(t *testing.T) {
	t.Parallel()
	count, opening := 4000, 5000 // milliseconds, on a machine that runs other tests
	if soak() {
		count, opening = 1_000_000, 1000
	}
	empty := filepath.Join(t.TempDir(), sqlite.FileName)
	report(t, "load", empty, 1, "loaded")
	before := report(t, "idle", empty, 0, "ready")

	full := filepath.Join(t.TempDir(), sqlite.FileName)
	report(t, "load", full, count, "loaded")
	after := report(t, "idle", full, 0, "ready")
	t.Logf("%d pending: opened in %d ms, first lease in %d ms, %d KB of memory; with one: %v",
		count, after["open"], after["lease"], after["memory"], before)
	assert.Less(t, after["open"]+after["lease"], opening, "milliseconds from the start to the first message")
	assert.Less(t, after["memory"]-before["memory"], 20<<10, "KB of memory beyond that of an empty store")
	if soak() {
		assert.Less(t, after["memory"], 60<<10, "KB of memory")
	}
}

// TestLeaseReadsOnlyWhatItTakes checks the query plans: with a million lanes, a scan or a sort
// would take seconds.
func TestLeaseReadsOnlyWhatItTakes(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
	for _, text := range []string{
		`SELECT l.lane, i.body FROM lanes l JOIN items i ON i.seq = l.head WHERE l.due = 0 ORDER BY l.head LIMIT 10`,
		`UPDATE lanes SET due = 0 WHERE due > 0 AND due <= 5`,
		`SELECT due FROM lanes WHERE due > 0 ORDER BY due LIMIT 1`,
		`SELECT seq FROM items WHERE lane = 'a' ORDER BY seq LIMIT 1`,
		`SELECT key FROM keys WHERE at <= 5 ORDER BY at LIMIT 5`,
		`SELECT seq FROM sends WHERE updated <= 5 AND +state IN ('sent', 'refused') ORDER BY updated LIMIT 5`,
	} {
		plan, err := s.Plan(t.Context(), text)
		require.NoError(t, err)
		require.NotEmpty(t, plan)
		for _, step := range plan {
			assert.True(t, strings.HasPrefix(step, "SEARCH"), "%s: %s", text, step)
		}
	}
}
