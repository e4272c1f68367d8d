package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// fullDisk fills a small disk in a process that may mount one, and prints the results.
func fullDisk() {
	if err := onFullDisk(); err != nil {
		fmt.Println("error", err)
	}
}

func onFullDisk() error {
	ctx, dir := context.Background(), os.Getenv(pathEnv)
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=6m"); err != nil {
		fmt.Println("skip", err)
		return nil
	}
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 2<<20), 0o600); err != nil {
		return err
	}
	s, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(dir, sqlite.FileName)})
	if err != nil {
		return err
	}
	// fill stores messages until the disk is full, and returns their number.
	n := 0
	fill := func() (int, error) {
		for stored := 0; ; stored++ {
			n++
			_, err := s.Inbox().Append(ctx, store.Item{Key: strconv.Itoa(n), Lane: strconv.Itoa(n), Body: make([]byte, 20_000)})
			if errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrUnavailable) {
				return stored, nil
			}
			if err != nil {
				return stored, err
			}
		}
	}
	stored, err := fill()
	if err != nil {
		return err
	}
	fmt.Println("stored", stored)
	if err := os.Remove(ballast); err != nil {
		return err
	}
	handled := 0
	for ; handled < stored; handled++ {
		leases, err := s.Inbox().Lease(ctx, 1, time.Hour)
		if err == nil {
			err = s.Inbox().Complete(ctx, leases[0])
		}
		if errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrUnavailable) {
			break
		}
		if err != nil {
			return err
		}
	}
	fmt.Println("handled", handled)
	more, err := fill()
	if err != nil {
		return err
	}
	fmt.Println("more", more)
	return s.Close()
}

// TestRoomAfterAFullDiskIsUsed: when the disk is full, everything may be in the log. The space that
// is freed is enough for a checkpoint, after which the log is reused; it is not enough for a longer
// log.
func TestRoomAfterAFullDiskIsUsed(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"=disk", pathEnv+"="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || strings.HasPrefix(string(out), "skip") {
		t.Skipf("this machine does not let a test mount a disk: %v %s", err, out)
	}
	require.NoError(t, err, "%s", out)
	said := map[string]int{}
	for lines := bufio.NewScanner(strings.NewReader(string(out))); lines.Scan(); {
		what, rest, _ := strings.Cut(lines.Text(), " ")
		n, err := strconv.Atoi(rest)
		require.NoError(t, err, "%s", lines.Text())
		said[what] = n
	}
	t.Log(said)
	assert.Greater(t, said["stored"], 20)
	assert.Equal(t, said["stored"], said["handled"], "what is stored is handled in the room that is free again")
	assert.GreaterOrEqual(t, said["more"], said["stored"], "the room of the log is used, too")
}
