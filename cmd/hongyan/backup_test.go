package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

func TestBackup(t *testing.T) {
	t.Parallel()
	data, to := t.TempDir(), filepath.Join(t.TempDir(), "copy.db")
	code, _, errOut := hongyan(t, "", "backup", "--data", data, "--to", to)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "no bot has kept anything in ")
	assert.NoFileExists(t, to)

	running, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(data, sqlite.FileName)})
	require.NoError(t, err)
	defer running.Close()
	_, err = running.Inbox().Append(t.Context(), store.Item{Key: "a", Lane: "lane"})
	require.NoError(t, err)

	code, out, errOut := hongyan(t, "", "backup", "--data", data, "--to", to)
	require.Equal(t, 0, code, errOut)
	assert.Contains(t, out, to)
	info, err := os.Stat(to)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	code, _, errOut = hongyan(t, "", "backup", "--data", data, "--to", to)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "exists")

	restored, err := sqlite.Open(t.Context(), sqlite.Config{Path: to})
	require.NoError(t, err)
	defer restored.Close()
	added, err := restored.Inbox().Append(t.Context(), store.Item{Key: "a", Lane: "lane"})
	require.NoError(t, err)
	assert.False(t, added, "the backup must know what the store knew")
}
