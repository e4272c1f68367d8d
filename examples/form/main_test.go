package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/exampletest"
)

func TestMain(m *testing.M) { exampletest.Main(m, main) }

func TestForm(t *testing.T) {
	t.Parallel()
	rows := filepath.Join(t.TempDir(), "signup.csv")
	sim := exampletest.Run(t, "SIGNUP_CSV="+rows)
	group := sim.Group("A")
	alice, bob := group.Member("alice"), group.Member("bob")
	alice.Says("报名")
	group.ExpectText("你的名字？")
	alice.Says("张三")
	group.ExpectText("手机号？")
	bob.Says("报名")
	group.ExpectText("你的名字？")
	alice.Says("12345")
	group.ExpectText("手机号不对，再输一次")
	bob.Says("取消")
	group.ExpectText("好的，不报了")
	alice.Says("13800000000")
	group.ExpectText("张三，13800000000，对吗？")
	alice.Says("是")
	group.ExpectText("@Alice\u2005报名成功")
	text, err := os.ReadFile(rows)
	require.NoError(t, err)
	assert.Equal(t, "张三,13800000000\n", string(text))
}
