package main

import (
	"testing"

	"github.com/hongyan-go/hongyan/bottest"
)

// TestCounter tests the plugin without its program.
func TestCounter(t *testing.T) {
	t.Parallel()
	sim := bottest.Run(t, NewCounter(CounterConfig{Command: "/how many"}))
	alice := sim.Group("A").As("alice")
	alice.Say("hello")
	alice.Image()
	alice.ExpectNothing()
	alice.Say("/how many")
	alice.ExpectText("3 messages here, this one included")
	sim.Group("B").As("bob").Say("/how many")
	sim.Group("B").ExpectText("1 messages here, this one included")
}
