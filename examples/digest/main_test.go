package main

import (
	"testing"

	"github.com/hongyan-go/hongyan/internal/exampletest"
)

func TestMain(m *testing.M) { exampletest.Main(m, main) }

func TestDigest(t *testing.T) {
	t.Parallel()
	sim := exampletest.Run(t, "DIGEST_AT=@every 1s")
	a := sim.Group("A")
	for _, text := range []string{"one", "two", "three", "four"} {
		a.Member("alice").Says(text)
	}
	a.ExpectNothing()
	sim.Group("B").Member("bob").Says("not of this group")
	a.Member("bob").Says("five")
	const digest = "今天 5 条消息：Alice 4，Bob 1"
	a.ExpectText(digest)
	sim.Friend("carol").ExpectText(digest)
	a.ExpectNothing()
}
