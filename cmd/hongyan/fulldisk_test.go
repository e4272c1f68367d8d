package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// TestAFullDiskHidesNothing reads a store on a disk that has no space for the file that SQLite
// needs to share the store with other readers.
func TestAFullDiskHidesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.vars["HONGYAN_PUBLIC_URL"], d.vars["HONGYAN_CALLBACK_SECRET"] = bots(t, 200).URL, "s3cret"
	d.free = 1 << 20
	leave(t, d.data, func(back store.Store) {
		giveUp(t, back, "m", errors.New("the shop is closed"))
		_ = undecided(t, back, "k", store.Unknown)
	})
	require.NoError(t, os.Mkdir(filepath.Join(d.data, sqlite.FileName+"-shm"), 0o700))
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"outbox", "list"}, 0, "unknown"},
		{[]string{"inbox", "stats"}, 0, "dead letters   1"},
		{[]string{"dead", "list"}, 0, "the shop is closed"},
		{[]string{"status"}, exitPerson, "1 message may have been sent"},
		{[]string{"doctor"}, exitFailed, "1 message may have been sent"}, // the disk is a failure
	} {
		code, out, errOut := d.types("", c.args...)
		assert.Equal(t, c.code, code, "%s %s", out, errOut)
		assert.Contains(t, out, c.want)
	}
	code, _, errOut := d.types("", "outbox", "sent", "k")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errOut, "make room")

	code, out, errOut := d.types("", "outbox", "pause")
	assert.Equal(t, 0, code, "the kill switch works all the same")
	assert.Contains(t, out, "sending stops within a second")
	assert.Contains(t, errOut, "made the file ")
	assert.FileExists(t, filepath.Join(d.data, bot.PauseFile))
	code, out, _ = d.types("", "outbox", "resume")
	assert.Equal(t, 0, code)
	assert.Contains(t, out, "resumed")
	assert.NoFileExists(t, filepath.Join(d.data, bot.PauseFile))
	code, _, errOut = d.types("", "outbox", "pause", "--account", "wx_a")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errOut, "make room")
}
