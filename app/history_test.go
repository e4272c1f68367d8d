package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
)

// TestTheHistoryOfAFile keeps what is said while the file asks for it, over reloads.
func TestTheHistoryOfAFile(t *testing.T) {
	t.Parallel()
	const head = "gateway: {listen: '127.0.0.1:0'}\n"
	d := newDesk(t, newCounts(), head)
	url := "http://" + d.live.Gateway()
	read := func() (int, string) {
		return ask(t, "GET", url+"/v1/chats/"+d.sim.Group("A").ID()+"/messages", "", "")
	}
	until := func(text string) {
		t.Helper()
		require.Eventually(t, func() bool { _, body := read(); return strings.Contains(body, text) }, time.Minute, 10*time.Millisecond)
	}
	status, body := read()
	assert.Equal(t, http.StatusNotFound, status)
	assert.Contains(t, body, "history: {keep: 30d}")

	d.write(head + "history: {chats: [A]}\n")
	lines, err := d.live.Reload(t.Context())
	require.NoError(t, err)
	assert.Contains(t, lines, d.path+": the history has changed")
	d.sim.Group("A").Member("alice").Says("first")
	until("first")

	d.write(head + "history: {keep: 60d}\n")
	_, err = d.live.Reload(t.Context())
	require.NoError(t, err)
	d.sim.Group("A").Member("alice").Says("second")
	until("second")
	_, body = read()
	assert.Contains(t, body, "first")

	lines, err = d.live.Reload(t.Context())
	require.NoError(t, err)
	assert.NotContains(t, lines, d.path+": the history has changed")
	d.write(head)
	_, err = d.live.Reload(t.Context())
	require.NoError(t, err)
	status, _ = read()
	assert.Equal(t, http.StatusNotFound, status)
}

func TestMistakesOfTheHistory(t *testing.T) {
	t.Parallel()
	for _, test := range [][2]string{
		{"history: {keep: -1s}", "f:2: history: history: keep is negative"},
		{"history: {chats: []}", "f:2: history: history: chats is empty"},
		{"history: {words: x}", `f:2: unknown field "words"`},
		{"gateway: {listen: '127.0.0.1:1', mcp: {aut: [A]}}", `f:2: unknown field "aut"`},
	} {
		_, err := app.Reader{}.Parse("f", []byte("service: {sim: true}\n"+test[0]))
		if assert.Error(t, err, test[0]) {
			assert.Contains(t, err.Error(), test[1])
		}
	}
}
