package main

import (
	"testing"

	"github.com/hongyan-go/hongyan/internal/exampletest"
)

func TestMain(m *testing.M) { exampletest.Main(m, main) }

func TestPlugin(t *testing.T) {
	t.Parallel()
	sim := exampletest.Run(t)
	alice := sim.Friend("alice")
	alice.Says("hello")
	alice.ExpectText("ask me /count")
	alice.Says("/count")
	alice.ExpectText("2 messages here, this one included")
	sim.Friend("bob").Says("/count")
	sim.Friend("bob").ExpectText("1 messages here, this one included")
}
