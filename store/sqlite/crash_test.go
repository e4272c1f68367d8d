package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// The environment variables that make the test binary run as a child process.
const (
	childEnv = "HONGYAN_TEST_CHILD"
	pathEnv  = "HONGYAN_TEST_FILE"
	countEnv = "HONGYAN_TEST_COUNT"
)

// soak reports whether the long form of the tests was requested.
func soak() bool { return os.Getenv("HONGYAN_SOAK") != "" }

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) == "disk" {
		fullDisk()
		return
	}
	children := map[string]func(*sqlite.Store){"write": writeLoop, "load": load, "idle": idle}
	if child := children[os.Getenv(childEnv)]; child != nil {
		started := time.Now()
		s, err := sqlite.Open(context.Background(), sqlite.Config{Path: os.Getenv(pathEnv)})
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println("open", time.Since(started).Milliseconds())
		child(s)
		return
	}
	goleak.VerifyTestMain(m)
}

// writeLoop appends and handles messages and prints what was answered, until it is killed.
func writeLoop(s *sqlite.Store) {
	ctx := context.Background()
	var wg sync.WaitGroup
	var mu sync.Mutex
	say := func(what, key string) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println(what, key)
	}
	round := strconv.Itoa(os.Getpid())
	for producer := range 16 {
		wg.Go(func() {
			for i := 0; ; i++ {
				key := round + ":" + strconv.Itoa(producer) + ":" + strconv.Itoa(i)
				item := store.Item{Key: key, Lane: "lane " + strconv.Itoa(producer), Body: []byte("body of " + key)}
				if _, err := s.Inbox().Append(ctx, item); err != nil {
					say("error", err.Error())
					return
				}
				say("added", key)
			}
		})
	}
	wg.Go(func() {
		for {
			leases, err := s.Inbox().Lease(ctx, 4, time.Hour)
			if err != nil {
				say("error", err.Error())
				return
			}
			for _, l := range leases {
				say("begun", l.Key)
				if err := s.Inbox().Complete(ctx, l); err != nil {
					say("error", err.Error())
					return
				}
				say("done", l.Key)
			}
		}
	})
	wg.Wait()
}

// child starts the test binary as another process.
func child(t *testing.T, what, path string, count int) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+what, pathEnv+"="+path, countEnv+"="+strconv.Itoa(count))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	return cmd, bufio.NewScanner(out)
}

// answered holds what processes printed before they were killed.
type answered struct{ added, begun, done map[string]bool }

func newAnswered() answered {
	return answered{map[string]bool{}, map[string]bool{}, map[string]bool{}}
}

// crash runs a process that writes, and kills it after the given number of answers.
func (a answered) crash(t *testing.T, path string, after int) {
	t.Helper()
	cmd, lines := child(t, "write", path, 0)
	for n := 0; lines.Scan(); n++ {
		what, key, _ := strings.Cut(lines.Text(), " ")
		switch what {
		case "added":
			a.added[key] = true
		case "begun":
			a.begun[key] = true
		case "done":
			a.done[key] = true
		case "error":
			t.Errorf("the process could not work: %s", key)
			after = n
		}
		if n == after {
			require.NoError(t, cmd.Process.Kill())
		}
	}
	require.Error(t, cmd.Wait(), "it must have been killed")
}

// check compares a store with what was answered, and handles its messages.
func (a answered) check(t *testing.T, s *sqlite.Store) {
	t.Helper()
	stats, err := s.Inbox().Stats(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 0, stats.Leased, "leases end with their process")
	here := map[string]bool{}
	last := map[string]uint64{}
	for left := stats.Pending; left > 0; {
		leases, err := s.Inbox().Lease(t.Context(), 100, time.Hour)
		require.NoError(t, err)
		left -= len(leases)
		var wg sync.WaitGroup
		for _, l := range leases {
			here[l.Key] = true
			assert.Greater(t, l.Seq, last[l.Lane], "order in %s", l.Lane)
			last[l.Lane] = l.Seq
			assert.Equal(t, "body of "+l.Key, string(l.Body))
			if a.begun[l.Key] {
				assert.Greater(t, l.Attempt, 1, "the attempt that the crash ended counts")
			}
			wg.Go(func() { assert.NoError(t, s.Inbox().Complete(context.Background(), l)) })
		}
		wg.Wait()
	}
	lost, again := 0, 0
	for key := range a.added {
		if !here[key] && !a.done[key] && !a.begun[key] {
			lost++
		}
		if here[key] && a.done[key] {
			again++
		}
	}
	assert.Zero(t, lost, "messages that were acknowledged and are not there, of %d", len(a.added))
	assert.Zero(t, again, "messages that were done and come again, of %d", len(a.done))
	for key := range here {
		a.done[key] = true
	}
}

// known checks that no key was forgotten.
func (a answered) known(t *testing.T, s *sqlite.Store) {
	t.Helper()
	keys := make(chan string)
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for key := range keys {
				added, err := s.Inbox().Append(context.Background(), store.Item{Key: key})
				assert.False(t, added || err != nil, "the key %s was forgotten: %v", key, err)
			}
		})
	}
	for key := range a.added {
		keys <- key
	}
	close(keys)
	wg.Wait()
}

func TestNothingIsLostWhenTheProcessIsKilled(t *testing.T) {
	t.Parallel()
	rounds := 3
	if soak() {
		rounds = 20
	}
	path := filepath.Join(t.TempDir(), sqlite.FileName)
	all := newAnswered()
	for range rounds {
		all.crash(t, path, 200+rand.IntN(800))
		s := open(t, sqlite.Config{Path: path}) // the lock ended with the process
		all.check(t, s)
		require.NoError(t, s.Close())
	}
	all.known(t, open(t, sqlite.Config{Path: path}))
	t.Logf("%d rounds: %d acknowledged, %d done", rounds, len(all.added), len(all.done))
}

func TestATornEndOfTheLogIsNoLoss(t *testing.T) {
	t.Parallel()
	killed := filepath.Join(t.TempDir(), sqlite.FileName)
	all := newAnswered()
	all.crash(t, killed, 500)
	wal, err := os.ReadFile(killed + "-wal")
	require.NoError(t, err)
	const frame = 24 + 4096
	for name, tail := range map[string][]byte{
		"nothing":           nil,
		"garbage":           []byte(strings.Repeat("torn", 5000)),
		"zeros":             make([]byte, 3*frame),
		"an old frame":      wal[32 : 32+frame],
		"the last frame":    wal[len(wal)-frame:],
		"half of the first": wal[32 : 32+frame/2],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), sqlite.FileName)
			data, err := os.ReadFile(killed)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, data, 0o600))
			require.NoError(t, os.WriteFile(path+"-wal", append(append([]byte(nil), wal...), tail...), 0o600))
			mine := newAnswered() // each copy is handled separately
			for key := range all.added {
				mine.added[key] = true
			}
			for key := range all.begun {
				mine.begun[key] = true
			}
			for key := range all.done {
				mine.done[key] = true
			}
			s := open(t, sqlite.Config{Path: path})
			mine.check(t, s)
			mine.known(t, s)
		})
	}
}
