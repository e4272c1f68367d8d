package main

import (
	"testing"

	"github.com/hongyan-go/hongyan/internal/exampletest"
)

func TestMain(m *testing.M) { exampletest.Main(m, main) }

func TestKeyword(t *testing.T) {
	t.Parallel()
	sim := exampletest.Run(t)
	sim.Friend("alice").Says("你们几点开门？")
	sim.Friend("alice").ExpectText("营业时间 9:00-18:00")
	sim.Group("A").Member("bob").Says("查单 1234567")
	sim.Group("A").ExpectText("订单 1234567 查询中…")
	sim.Friend("carol").Says("查单 12")
	sim.Friend("carol").ExpectNothing()
}
