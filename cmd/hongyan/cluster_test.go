package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/simulator"
)

// TestABotOnACluster runs a bot whose file names a NATS server, and looks into its store with the
// commands.
func TestABotOnACluster(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := filepath.Join(t.TempDir(), "bot.yaml")
	write := func(url string) {
		t.Helper()
		require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, `
service: {base_url: %s, token: %s}
callback: {listen: "127.0.0.1:0"}
data: %s
nats: {url: ["%s"], prefix: shop, partitions: 4, max_bytes: 64MB}
rules:
  - {name: hours, on: text, keyword: [营业时间], reply: "营业时间 9:00-18:00"}
`, sim.BaseURL(), sim.Token(), t.TempDir(), url), 0o600))
	}
	write(natstest.Start(t, nil).ClientURL())
	b := botOf(t, config, false)
	ctx, cancel := context.WithCancel(t.Context())
	running := make(chan error, 1)
	go func() { running <- b.Run(ctx) }()
	sim.ExpectCallback()
	sim.Friend("bob").Says("营业时间？")
	sim.Friend("bob").ExpectText("营业时间 9:00-18:00")

	require.Eventually(t, func() bool {
		code, out, _ := hongyan(t, "", "inbox", "stats", "--config", config, "--json")
		return code == 0 && out == `{"pending":0,"leased":0,"dead":0,"keys":1,"tasks":{},"sends":{"sent":1}}`+"\n"
	}, 10*time.Second, 100*time.Millisecond, "the load is told with the next renewal")
	code, out, errOut := hongyan(t, "", "dead", "list", "--config", config)
	assert.Equal(t, 0, code, errOut)
	assert.Equal(t, "nothing\n", out)
	code, out, errOut = hongyan(t, "", "outbox", "list", "--state", "sent", "--config", config)
	assert.Equal(t, 0, code, errOut)
	assert.Contains(t, out, "hours")
	code, out, errOut = hongyan(t, "", "status", "--config", config, "--app-id", simulator.DefaultAppID)
	assert.Equal(t, 0, code, errOut)
	assert.Contains(t, out, "online")
	cancel()
	require.NoError(t, <-running)

	write("nats://127.0.0.1:1")
	code, _, errOut = hongyan(t, "", "run", "--config", config)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "is a server running there?")
	code, _, errOut = hongyan(t, "", "inbox", "stats")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "--config")
}
