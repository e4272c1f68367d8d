package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// leave writes to the store of a bot that has stopped.
func leave(t *testing.T, data string, do func(back store.Store)) {
	t.Helper()
	back, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(data, sqlite.FileName)})
	require.NoError(t, err)
	do(back)
	require.NoError(t, back.Close())
}

// giveUp leaves a dead letter.
func giveUp(t *testing.T, back store.Store, key string, why error) {
	t.Helper()
	_, err := back.Inbox().Append(t.Context(), store.Item{Key: key, Lane: "wx_a/" + key, Body: []byte("{}")})
	require.NoError(t, err)
	leases, err := back.Inbox().Lease(t.Context(), 1, time.Minute)
	require.NoError(t, err)
	require.NoError(t, back.Inbox().Bury(t.Context(), leases[0], store.Failure{Reason: why.Error()}))
}

// undecided leaves a send.
func undecided(t *testing.T, back store.Store, key string, state store.SendState) error {
	t.Helper()
	_, _, err := back.Ledger().Reserve(t.Context(), store.Send{Key: key, State: state, Account: simulator.DefaultAppID, Body: []byte("{}")})
	require.NoError(t, err)
	return &outbox.UnknownError{Key: key, Endpoint: "/message/postText", Reason: "?"}
}

// incident stores an incident as the monitor does.
func incident(t *testing.T, back store.Store, value string) {
	t.Helper()
	_, err := back.State().Put(t.Context(), "monitor/account/"+simulator.DefaultAppID, []byte(value), 0)
	require.NoError(t, err)
}

// TestWhatWaitsForAPerson checks that status and doctor show each thing once, and that the exit
// code says so.
func TestWhatWaitsForAPerson(t *testing.T) {
	t.Parallel()
	const app = simulator.DefaultAppID
	for name, c := range map[string]struct {
		leaves func(t *testing.T, back store.Store)
		stop   bool
		want   []string // parts of the lines, one each
	}{
		"nothing": {leaves: func(*testing.T, store.Store) {}},
		"a zombie": {leaves: func(t *testing.T, back store.Store) {
			t.Helper()
			incident(t, back, `{"open":true,"state":"zombie","cause":"sends","since":"2026-03-02T12:15:00Z"}`)
			require.NoError(t, outbox.Pause(t.Context(), back.State(), app, bot.PausedByMonitor))
		}, want: []string{"account " + app + " is zombie since 20"}},
		"an incident that is over": {leaves: func(t *testing.T, back store.Store) {
			t.Helper()
			incident(t, back, `{"state":"zombie","cause":"sends","since":"2026-03-02T12:15:00Z","ended":"2026-03-02T12:16:00Z"}`)
		}},
		"a pause of a person": {leaves: func(t *testing.T, back store.Store) {
			t.Helper()
			require.NoError(t, outbox.Pause(t.Context(), back.State(), "", "holidays"))
			require.NoError(t, outbox.Pause(t.Context(), back.State(), app, "a complaint"))
		}, want: []string{"sending is stopped for all accounts since", "sending is stopped for " + app}},
		"the file": {leaves: func(*testing.T, store.Store) {}, stop: true, want: []string{"stopped by the file"}},
		"a dead letter": {leaves: func(t *testing.T, back store.Store) {
			t.Helper()
			giveUp(t, back, "m", errors.New("the shop is closed"))
		}, want: []string{"1 message given up"}},
		"an unknown send, and the letter that waits for it": {leaves: func(t *testing.T, back store.Store) {
			t.Helper()
			giveUp(t, back, "m", undecided(t, back, "m/shop/1", store.Unknown))
		}, want: []string{"1 message may have been sent, or not"}},
		"all sorts": {leaves: func(t *testing.T, back store.Store) {
			t.Helper()
			giveUp(t, back, "m", undecided(t, back, "m/shop/1", store.Unknown))
			giveUp(t, back, "n", errors.New("the shop is closed"))
			giveUp(t, back, "o", errors.New("the shop is closed"))
			_ = undecided(t, back, "p", store.Held)
			_ = undecided(t, back, "q", store.Refused)
		}, want: []string{"1 message may have been sent", "1 message held", "2 messages given up"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.vars["HONGYAN_PUBLIC_URL"], d.vars["HONGYAN_CALLBACK_SECRET"] = bots(t, 200).URL, "s3cret"
			d.free = 5 << 30
			leave(t, d.data, func(back store.Store) { c.leaves(t, back) })
			if c.stop {
				require.NoError(t, os.WriteFile(filepath.Join(d.data, bot.PauseFile), nil, 0o600))
			}
			wantCode := 0
			if len(c.want) > 0 {
				wantCode = exitPerson
			}
			for _, command := range []string{"status", "doctor"} {
				code, out, errOut := d.types("", command)
				assert.Equal(t, wantCode, code, "%s %s", out, errOut)
				assert.Equal(t, len(c.want), strings.Count(out, "✗"), out)
				for _, want := range c.want {
					assert.Contains(t, out, want)
				}
				code, out, _ = d.types("", command, "--json")
				assert.Equal(t, wantCode, code)
				assert.True(t, json.Valid([]byte(out)))
				for _, want := range c.want {
					assert.Contains(t, out, want)
				}
			}
		})
	}
}

// TestABrokenCheckIsAFailure checks the exit code when something also waits for a person.
func TestABrokenCheckIsAFailure(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.offline()
	leave(t, d.data, func(back store.Store) { giveUp(t, back, "m", errors.New("the shop is closed")) })
	for _, command := range []string{"status", "doctor"} {
		code, out, _ := d.types("", command)
		assert.Equal(t, exitFailed, code)
		assert.Contains(t, out, "1 message given up")
	}
	d.vars["HONGYAN_BASE_URL"] = "http://127.0.0.1:1"
	code, out, _ := d.types("", "status")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, out, "1 message given up", "the store is read, whatever the service does")
}

// TestResumeEndsEveryPause ends the pauses of a person, of the file STOP and of the bot.
func TestResumeEndsEveryPause(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	leave(t, d.data, func(back store.Store) {
		incident(t, back, `{"open":true,"state":"zombie","cause":"sends","since":"2026-03-02T12:15:00Z"}`)
		require.NoError(t, outbox.Pause(t.Context(), back.State(), simulator.DefaultAppID, bot.PausedByMonitor))
	})
	code, out, errOut := d.types("", "outbox", "resume")
	assert.Equal(t, 0, code, errOut)
	assert.Contains(t, out, simulator.DefaultAppID+" may send again")
	assert.Contains(t, errOut, "is zombie since")
	assert.Contains(t, errOut, "hongyan login --reconnect")
	leave(t, d.data, func(back store.Store) {
		pauses, err := outbox.Pauses(t.Context(), back.State())
		require.NoError(t, err)
		assert.Empty(t, pauses)
	})
}

// TestOutboxSent clears an unknown send, and the dead letter that waits for it.
func TestOutboxSent(t *testing.T) {
	t.Parallel()
	for command, want := range map[string]string{
		"sent": "m/shop/1: sent, as you say; the message that waited for it goes on\n",
		"drop": "m/shop/1: dropped; the message that waited for it is given up, too\n",
	} {
		data := t.TempDir()
		leave(t, data, func(back store.Store) { giveUp(t, back, "m", undecided(t, back, "m/shop/1", store.Unknown)) })
		code, out, errOut := hongyan(t, "", "outbox", command, "m/shop/1", "--data", data)
		assert.Equal(t, 0, code, errOut)
		assert.Equal(t, want, out)
		code, out, _ = hongyan(t, "", "dead", "list", "--data", data)
		assert.Equal(t, 0, code)
		assert.Equal(t, "nothing\n", out)
	}
	data := t.TempDir()
	leave(t, data, func(back store.Store) { _ = undecided(t, back, "k", store.Held) })
	code, _, errOut := hongyan(t, "", "outbox", "sent", "k", "nobody", "--data", data)
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errOut, "k is held: it has not left")
	assert.Contains(t, errOut, "hongyan outbox list shows the keys")
}
