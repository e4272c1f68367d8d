package main

import (
	"testing"

	"github.com/hongyan-go/hongyan/internal/exampletest"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestMain(m *testing.M) { exampletest.Main(m, main) }

func TestAutoforward(t *testing.T) {
	t.Parallel()
	sim := exampletest.Run(t)
	alice := sim.Group("A").Member("alice")
	alice.Drops(simulator.File{Name: "small.xlsx", Size: 9 << 10})
	alice.Drops(simulator.File{Name: "report.pdf", Size: 20 << 10})
	alice.Announces(simulator.File{Name: "report.xlsx", Size: 12 << 10})
	alice.Drops(simulator.File{Name: "report.xlsx", Size: 12 << 10})
	c := sim.Group("C")
	c.ExpectText("Alice 来自 A")
	c.ExpectFile("report.xlsx")

	sim.Group("B").Member("bob").Drops(simulator.File{Name: "OLD.XLS", Size: 1 << 20})
	c.ExpectText("Bob 来自 B")
	c.ExpectFile("OLD.XLS")
	c.ExpectNothing()
}
