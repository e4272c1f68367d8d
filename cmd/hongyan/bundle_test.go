package main

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/store"
)

// unzipped is what is in a zip file, by name.
func unzipped(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer z.Close()
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		parts[f.Name] = string(text)
	}
	return parts
}

// canaryFile has a canary in each place in which a secret, an id, a name or a text can be.
const canaryFile = `service: {token: canary-token, base_url: "%s", provider: videosapi}
accounts: [{app_id: wx_canaryapp, wxid: wxid_canaryself, since: 2026-01-31}]
owners: [wxid_canaryowner]
callback: {listen: "127.0.0.1:0"}
callback: {secret: canary-secret, public_url: "https://canary-host.example.com", path: /canary-path}
data: %s
allow: {groups: [77777000001@chatroom, canary-groupname], people: [wxid_canaryfriend, 张canary三]}
alarm: {webhook: "https://hooks.example.com/canary-hook", owner: wxid_canaryalarm, silence: 15m}
log: {level: debug}
parallel: 7
chats:
  canary-chat: {plugins: [rules], tags: [canary-tag]}
rules:
  - name: canary-rule
    on: text
    keyword: [canary-keyword, 13800138000]
    reply: "canary reply {{SenderName}}"
    cooldown: {per: sender, for: 30s}
  - {name: call, on: text, keyword: [x9], call: {url: "https://canary-call.example.com/1", secret: canary-sign}}
plugins:
  llm: {in: [canary-llmgroup], url: "http://canary-llm.example.com/v1", key: 8675309, model: canary-model}
`

func TestTheBundleHasNoSecrets(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]string{
		"a file in order":            "",
		"a file with mistakes":       "canary_key: canary-odd\nmax_age: canary-age\n",
		"a file that cannot be read": "canary: [canary-open\n\t- canary\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.vars["HONGYAN_CALLBACK_SECRET"], d.vars["HONGYAN_ALARM_OWNER"] = "canary-env", "wxid_canaryenv"
			d.state(func(s store.State) {
				_, err := s.Put(t.Context(), "bot/account/wx_canarylearned", []byte("wxid_canarylearned"), time.Hour)
				require.NoError(t, err)
			})
			back := openedStore(t, d.data)
			item := store.Item{Key: "canary-item", Lane: "canary-lane", Body: []byte(`{"canary":"canary-body"}`)}
			_, err := back.Inbox().Append(t.Context(), item)
			require.NoError(t, err)
			leases, err := back.Inbox().Lease(t.Context(), 1, time.Minute)
			require.NoError(t, err)
			require.NoError(t, back.Inbox().Bury(t.Context(), leases[0], store.Failure{Reason: "canary-reason", Stack: "canary-stack"}))
			_, _, err = back.Ledger().Reserve(t.Context(), store.Send{
				Key: "canary-send", Account: "wx_canaryapp", Target: "wxid_canarytarget", Endpoint: "/message/postText",
				State: store.Unknown, Reason: "canary-why", Body: []byte(`{"content":"canary-sent"}`),
				Created: time.Now(), Updated: time.Now(),
			})
			require.NoError(t, err)
			require.NoError(t, back.Close())

			dir := t.TempDir()
			config, to := filepath.Join(dir, "canary.yaml"), filepath.Join(dir, "out.zip")
			require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, canaryFile+broken, d.sim.BaseURL(), d.data), 0o600))
			code, out, errOut := d.types("", "bundle", "-c", config, "--to", to)
			require.Equal(t, 0, code, errOut)
			assert.Contains(t, out, "look into it before you pass it on")

			parts := unzipped(t, to)
			for part, text := range parts {
				for _, canary := range []string{
					"canary", "Canary", "77777000001", "13800138000", "8675309", d.sim.Token(), d.data, dir,
					strings.TrimPrefix(d.sim.URL(), "http://"),
				} {
					assert.NotContains(t, text, canary, part)
				}
			}
			assert.Contains(t, parts["doctor.json"], `"verdict"`)
			assert.Contains(t, parts["version.json"], `"go"`)
			assert.Contains(t, parts["variables.txt"], "HONGYAN_CALLBACK_SECRET\n")
			if name == "a file in order" {
				for _, line := range []string{
					"level: debug", "parallel: 7", "silence: 15m", "per: sender", "for: 30s", "token: (hidden)", "keyword:",
				} {
					assert.Contains(t, parts["config.yaml"], line)
				}
				assert.Contains(t, parts["store.json"], `"dead": 1`)
				assert.Contains(t, parts["store.json"], `"unknown": 1`)
			}
			info, err := os.Stat(to)
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
			code, _, errOut = d.types("", "bundle", "-c", config, "--to", to)
			assert.Equal(t, 1, code)
			assert.Contains(t, errOut, "is there already")
		})
	}
}

func TestABundleWithoutAFile(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	to := filepath.Join(t.TempDir(), "out.zip")
	code, out, errOut := d.types("", "bundle", "--to", to, "--json")
	require.Equal(t, 0, code, errOut)
	assert.Contains(t, out, `"verdict"`)
	assert.NotContains(t, unzipped(t, to)["doctor.json"], d.data)
}
