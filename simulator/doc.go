// Package simulator is the service without WeChat: virtual accounts, friends and groups, the service's HTTP API in front
// of them, and callbacks to the bot like the service's own. Nothing leaves the machine, and no account is needed.
//
// It runs in a process of its own (the command "hongyan simulate"), inside another program through [New], or inside a test
// through [Start]. A control API under /sim lets tests in any language speak as the virtual people, read what was said,
// and order faults; docs/simulator.md describes it. Go programs have the same as methods:
//
//	sim, err := simulator.New(simulator.Config{})           // listens on a free loopback port
//	defer sim.Close()
//	sim.Group("A").Member("alice").Say("hi")                // (Message, error)
//	sim.Group("A").AwaitText(ctx, "hello, Alice")           // (Message, error)
//
// And tests have them without the error handling:
//
//	sim := simulator.Start(t)                               // closes itself with the test
//	a := sim.Group("A")
//	a.Member("alice").Says("hi")
//	a.ExpectText("hello, Alice")
//
// The package imports neither testing nor an assertion library, so it can be linked into a program.
package simulator
