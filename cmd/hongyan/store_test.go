package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/store/sqlite"
)

// TestTheStoreOfTheEnvironment opens the store that the other commands have used, without naming it
// again.
func TestTheStoreOfTheEnvironment(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, args := range [][]string{
		{"outbox", "list"}, {"inbox", "stats"}, {"dead", "list"}, {"backup", "--to", filepath.Join(d.data, "copy.db")},
	} {
		code, _, errOut := d.types("", args...)
		assert.Equal(t, 1, code)
		assert.Contains(t, errOut, "no bot has kept anything in "+d.data+": ")
		assert.NotContains(t, errOut, "no such file")
	}
	code, _, errOut := d.types("", "send", "wxid_alice", "hi", "--key", "greeting")
	require.Equal(t, 0, code, errOut)
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"outbox", "list", "--state", "sent"}, "greeting"}, {[]string{"inbox", "stats"}, "sends sent"},
		{[]string{"dead", "list"}, "nothing"}, {[]string{"backup", "--to", filepath.Join(d.data, "copy.db")}, "copy.db"},
	} {
		code, out, errOut := d.types("", c.args...)
		assert.Equal(t, 0, code, errOut)
		assert.Contains(t, out, c.says)
	}
}

// TestACommandThatFailsMakesNoStore runs a check without a URL, which fails before a store is
// needed.
func TestACommandThatFailsMakesNoStore(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	code, _, errOut := d.types("", "callback", "check")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "no URL")
	assert.NoFileExists(t, filepath.Join(d.data, sqlite.FileName))
}

// TestAKeyHoldsFromTheFirstSend sends twice with one key in a data directory without a store.
func TestAKeyHoldsFromTheFirstSend(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for range 2 {
		code, _, errOut := d.types("", "send", "wxid_alice", "only once", "--key", "greeting")
		require.Equal(t, 0, code, errOut)
	}
	sent := 0
	for _, call := range d.sim.Calls() {
		if call.Endpoint == "/message/postText" {
			sent++
		}
	}
	assert.Equal(t, 1, sent)
}
