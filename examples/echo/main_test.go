package main

import (
	"testing"

	"github.com/hongyan-go/hongyan/internal/exampletest"
)

func TestMain(m *testing.M) { exampletest.Main(m, main) }

func TestEcho(t *testing.T) {
	t.Parallel()
	sim := exampletest.Run(t)
	sim.Friend("alice").Says("hello")
	sim.Friend("alice").ExpectText("hello")
	sim.Group("A").Member("bob").Says("not private")
	sim.Friend("alice").Says("again")
	sim.Friend("alice").ExpectText("again")
	sim.Group("A").ExpectNothing()
}
