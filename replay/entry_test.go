package replay_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/replay"
)

func TestReadErrors(t *testing.T) {
	t.Parallel()
	_, err := replay.Read(t.TempDir())
	require.ErrorContains(t, err, "no callbacks")
	_, err = replay.Read("testdata/none")
	require.ErrorIs(t, err, os.ErrNotExist)
	entries := replay.Parse([]byte("{\"TypeName\":\"AddMsg\"}\n\n{broken\n{\"received\":\"2026-03-01T12:00:00Z\",\"body\":{\"a\":1}}\n"))
	require.Len(t, entries, 3)
	assert.JSONEq(t, `{"TypeName":"AddMsg"}`, string(entries[0].Body))
	assert.Equal(t, `{broken`, string(entries[1].Body))
	assert.Equal(t, `{"a":1}`, string(entries[2].Body))
}
