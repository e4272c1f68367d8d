package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/doctor"
	"github.com/hongyan-go/hongyan/internal/login"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
)

// TestDoctor breaks one thing at a time. The doctor names it in a line, and says what to do in
// another.
func TestDoctor(t *testing.T) {
	t.Parallel()
	fault := func(f simulator.Fault) func(t *testing.T, d *desk) {
		return func(t *testing.T, d *desk) {
			t.Helper()
			_, err := d.sim.AddFaults(f)
			require.NoError(t, err)
		}
	}
	variable := func(name, value string) func(*testing.T, *desk) {
		return func(_ *testing.T, d *desk) { d.vars[name] = value }
	}
	answering := func(status int) func(*testing.T, *desk) {
		return func(t *testing.T, d *desk) { t.Helper(); d.vars["HONGYAN_PUBLIC_URL"] = bots(t, status).URL }
	}
	for name, c := range map[string]struct {
		breaks    func(t *testing.T, d *desk)
		free      uint64
		check     string // that fails; empty if none does
		cause, do string
	}{
		"nothing": {},
		"no token": {
			breaks: variable("HONGYAN_TOKEN", ""),
			check:  "configuration", cause: "no token", do: "docs/en/config.md",
		},
		"no account": {
			breaks: variable("HONGYAN_APP_ID", ""),
			check:  "configuration", cause: "no account is known", do: "hongyan login",
		},
		"bad token": {
			breaks: variable("HONGYAN_TOKEN", "wrong-token"),
			check:  "token", cause: "does not take the token", do: "console",
		},
		"wrong base URL": {
			breaks: variable("HONGYAN_BASE_URL", "http://127.0.0.1:1"),
			check:  "token", cause: "cannot be reached", do: "base URL",
		},
		"gateway": {
			breaks: fault(simulator.Fault{Endpoint: "/login/checkOnline", Kind: simulator.FaultHTTP502}),
			check:  "token", cause: "a gateway answers in place of the service (HTTP 502)", do: "network",
		},
		"connection broken": {
			breaks: fault(simulator.Fault{Endpoint: "/login/checkOnline", Kind: simulator.FaultDropBefore, Count: 10}),
			check:  "token", cause: "cannot be reached", do: "network",
		},
		"error of the service": {
			breaks: fault(simulator.Fault{Endpoint: "*", Kind: simulator.FaultHTTP500, Count: 10}),
			check:  "token", cause: "an error of its own (HTTP 500)", do: "the service may be down",
		},
		"executed, no answer": {
			breaks: fault(simulator.Fault{Endpoint: "*", Kind: simulator.FaultExecuteThenDrop, Count: 10}),
			check:  "token", cause: "cannot be reached", do: "network",
		},
		"slow": {
			breaks: fault(simulator.Fault{
				Endpoint: "/login/checkOnline", Kind: simulator.FaultSlow, Delay: doctor.SlowQuery + 100*time.Millisecond,
			}),
			check: "token", cause: "answers slowly: 3", do: "network",
		},
		"slow body": {
			breaks: fault(simulator.Fault{
				Endpoint: "/login/checkOnline", Kind: simulator.FaultSlowBody, Delay: doctor.SlowQuery + 100*time.Millisecond,
			}),
			check: "token", cause: "answers slowly: 3", do: "network",
		},
		"refused": {
			breaks: fault(simulator.Fault{Endpoint: "/login/checkOnline", Kind: simulator.FaultRefuse}),
			check:  "account online", cause: "refuses the question", do: "try again",
		},
		"called offline": {
			breaks: fault(simulator.Fault{Endpoint: "*", Kind: simulator.FaultOffline, Count: 10}),
			check:  "account online", cause: "the account is offline", do: "hongyan login --app-id " + simulator.DefaultAppID,
		},
		"profile behind a gateway": {
			breaks: fault(simulator.Fault{Endpoint: "/personal/getProfile", Kind: simulator.FaultHTTP502}),
			check:  "session alive", cause: "a gateway answers", do: "wait",
		},
		"zombie that hangs": {
			breaks: fault(simulator.Fault{Endpoint: "*", Kind: simulator.FaultZombie, Delay: 10 * time.Millisecond}),
			check:  "session alive", cause: "looks online, and nothing works", do: "--reconnect",
		},
		"callback wrong secret": {
			breaks: answering(http.StatusUnauthorized),
			check:  "callback", cause: "the secret in the URL is not that of the bot", do: "HONGYAN_CALLBACK_SECRET",
		},
		"callback wrong path": {
			breaks: answering(http.StatusNotFound),
			check:  "callback", cause: "no bot under this path", do: "correct the path",
		},
		"unknown device": {
			breaks: variable("HONGYAN_APP_ID", "wx_gone"),
			check:  "account online", cause: "does not know the device wx_gone", do: "--new-device",
		},
		"offline": {
			breaks: func(_ *testing.T, d *desk) { d.offline() },
			check:  "account online", cause: "the account is offline", do: "hongyan login --app-id " + simulator.DefaultAppID,
		},
		"first night": {breaks: func(t *testing.T, d *desk) {
			t.Helper()
			d.offline()
			first := d.now().Add(-10 * time.Hour)
			value, err := json.Marshal(login.Device{AppID: simulator.DefaultAppID, Wxid: "wxid_hongyan_bot", First: first, Last: first})
			require.NoError(t, err)
			d.state(func(s store.State) {
				_, err = s.Put(t.Context(), "login/"+simulator.DefaultAppID, value, 0)
				require.NoError(t, err)
			})
		}, check: "account online", cause: "thrown out once in the night", do: "hongyan login"},
		"no callback": {
			breaks: variable("HONGYAN_PUBLIC_URL", ""),
			check:  "callback", cause: "no callback URL is configured", do: "hongyan callback set",
		},
		"callback refused": {
			breaks: variable("HONGYAN_PUBLIC_URL", "http://127.0.0.1:1"),
			check:  "callback", cause: "nothing listens at 127.0.0.1:1", do: "start the bot",
		},
		"callback no name": {
			breaks: variable("HONGYAN_PUBLIC_URL", "http://no-such-host.invalid"),
			check:  "callback", cause: "does not resolve", do: "DNS",
		},
		"clock": {
			breaks: fault(simulator.Fault{Endpoint: "*", Kind: simulator.FaultClockSkew, Delay: -5 * time.Minute}),
			check:  "clock", cause: "that of the service are 5m", do: "NTP",
		},
		"disk": {free: 12 << 20, check: "disk", cause: "has 12 MB of space left", do: "make room"},
		"store is no store": {breaks: func(t *testing.T, d *desk) {
			t.Helper()
			require.NoError(t, os.WriteFile(filepath.Join(d.data, "hongyan.db"), bytes.Repeat([]byte("no store"), 1000), 0o600))
		}, check: "configuration", cause: "does not open", do: "hongyan backup"},
		"zombie": {
			breaks: fault(simulator.Fault{Endpoint: "*", Kind: simulator.FaultZombie}),
			check:  "session alive", cause: "looks online, and nothing works", do: "--reconnect",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			if d.free = c.free; c.free == 0 {
				d.free = 5 << 30
			}
			d.vars["HONGYAN_PUBLIC_URL"] = bots(t, http.StatusOK).URL
			d.vars["HONGYAN_CALLBACK_SECRET"] = "s3cret"
			if c.breaks != nil {
				c.breaks(t, d)
			}
			code, out, errOut := d.types("", "doctor")
			assert.Empty(t, errOut)
			assert.NotContains(t, out, "s3cret")
			var failed []string
			lines := strings.Split(strings.TrimSpace(out), "\n")
			for i, line := range lines {
				if mark, rest, _ := strings.Cut(line, " "); mark == "✗" {
					check, cause, _ := strings.Cut(rest, ": ")
					failed = append(failed, check)
					assert.Contains(t, cause, c.cause)
					assert.True(t, strings.HasPrefix(lines[i+1], "  → "), "what to do comes next: %s", lines[i+1])
					assert.Contains(t, lines[i+1], c.do)
				}
			}
			if c.check == "" {
				assert.Equal(t, 0, code, out)
				assert.Empty(t, failed)
				assert.Equal(t, 8, strings.Count(out, "✓"), out)
				assert.NotContains(t, out, "–", "nothing is left out")
				return
			}
			assert.Equal(t, 1, code)
			assert.Equal(t, []string{c.check}, failed, "one cause, one failure:\n%s", out)
		})
	}
}

func TestDoctorJSON(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.offline()
	code, out, _ := d.types("", "doctor", "--json")
	assert.Equal(t, 1, code)
	var said struct {
		Verdict string
		Failed  int
		Checks  []struct {
			Check, Cause, Do, Note string
			OK, Skipped            bool
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out), &said))
	assert.Equal(t, "failed", said.Verdict)
	assert.Equal(t, 2, said.Failed, "offline, and no callback")
	findings := said.Checks
	require.Len(t, findings, 8)
	assert.Equal(t, "account online", findings[2].Check)
	assert.False(t, findings[2].OK)
	assert.NotEmpty(t, findings[2].Cause)
	assert.NotEmpty(t, findings[2].Do)
	assert.True(t, findings[7].Skipped)

	// What was registered from here counts, too.
	_, _, _ = d.types("", "callback", "set", bots(t, http.StatusOK).URL+"/callback/s3cret")
	_, out, _ = d.types("", "doctor")
	assert.Contains(t, out, "✓ callback: registered http://127.0.0.1")
	assert.NotContains(t, out, "s3cret")
}

func TestFreeSpace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	here, err := doctor.FreeSpace(dir)
	require.NoError(t, err)
	assert.Positive(t, here)
	_, err = doctor.FreeSpace(filepath.Join(dir, "not", "there", "yet"))
	require.NoError(t, err)
	c := console{ctx: context.Background()}
	assert.WithinDuration(t, time.Now(), c.time(), time.Minute)
}
