package main

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/schedule"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// TestSchedules works on the schedules of a running bot, whose store is open all the time.
func TestSchedules(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	open := func() *sqlite.Store {
		back, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(data, sqlite.FileName)})
		require.NoError(t, err)
		return back
	}
	back := open()
	defer func() { assert.NoError(t, back.Close()) }()
	command := func(want int, args ...string) string {
		t.Helper()
		code, out, errOut := hongyan(t, "", append(args, "--data", data)...)
		require.Equal(t, want, code, "%s %s", out, errOut)
		return out + errOut
	}
	assert.Contains(t, command(0, "schedules", "list"), "nothing")
	times, err := schedule.Parse("0 22 * * *", time.UTC)
	require.NoError(t, err)
	ran := make(chan time.Time, 9)
	begin := func() *schedule.Scheduler {
		s, err := schedule.New(schedule.Config{State: back.State()})
		require.NoError(t, err)
		require.NoError(t, s.Add(schedule.Schedule{Name: "a/digest", Times: times, Run: func(_ context.Context, due time.Time) error {
			ran <- due
			return nil
		}}))
		s.Start()
		return s
	}
	s := begin()
	require.Eventually(t, func() bool { return command(0, "schedules", "list", "--json") != "" }, time.Minute, 10*time.Millisecond)
	assert.Contains(t, command(0, "schedules", "pause", "a/digest"), "paused")
	assert.Contains(t, command(0, "schedules", "list"), "paused")
	assert.Contains(t, command(0, "schedules", "list", "--json"), `"paused":true`)
	command(0, "schedules", "run-now", "a/digest")
	require.NoError(t, s.Stop(t.Context()))
	require.NoError(t, back.Close()) // what another process has written is seen a moment later otherwise
	back = open()
	s = begin()
	select {
	case <-ran:
	case <-time.After(time.Minute):
		t.Error("it did not run")
	}
	command(0, "schedules", "resume", "a/digest")
	assert.NotContains(t, command(0, "schedules", "list"), "paused")
	assert.Contains(t, command(1, "schedules", "pause", "none"), "no such schedule")
	require.NoError(t, s.Stop(t.Context()))
}
