package terminal_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/terminal"
)

func TestTableAlignsChinese(t *testing.T) {
	t.Parallel()
	var table terminal.Table
	table.Row("ID", "NAME", "ROLE")
	table.Row("wxid_a", "张三", "owner")
	table.Row("wxid_long", "Bob\n\x1b[31m\u202e", "")
	table.Row("wxid_c", "👨‍👩‍👧", "x", 3)
	var out bytes.Buffer
	_, err := table.WriteTo(&out)
	require.NoError(t, err)
	assert.Equal(t, "ID         NAME                       ROLE\n"+
		"wxid_a     张三                       owner\n"+
		"wxid_long  Bob\\u000a\\u001b[31m\\u202e\n"+
		"wxid_c     👨‍👩‍👧                         x      3\n", out.String())
}

func TestAnEmptyTableIsNothing(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	n, err := (&terminal.Table{}).WriteTo(&out)
	require.NoError(t, err)
	assert.Zero(t, n)
	assert.Empty(t, out.String())
}
