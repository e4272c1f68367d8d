package main

import (
	"testing"

	"github.com/hongyan-go/hongyan/internal/exampletest"
)

func TestMain(m *testing.M) { exampletest.Main(m, main) }

func TestTasks(t *testing.T) {
	t.Parallel()
	sim := exampletest.Run(t)
	alice, bob := sim.Friend("alice"), sim.Friend("bob")
	alice.Says("提醒我 1小时 开会")
	alice.ExpectText("好的，1 小时后提醒你开会")
	alice.Says("提醒我 2秒 喝水")
	alice.ExpectText("好的，2 秒后提醒你喝水")
	bob.Says("取消提醒")
	bob.ExpectText("没有提醒")
	bob.Says("提醒我 2小时 下班")
	bob.ExpectText("好的，2 小时后提醒你下班")
	bob.Says("取消提醒")
	bob.ExpectText("取消了")
	bob.Says("在吗")
	bob.Says("问个事")
	bob.ExpectText("你说了 2 句：在吗；问个事")
	alice.ExpectText("该喝水了")
	alice.ExpectNothing()
}
