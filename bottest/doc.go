// Package bottest tests plugins and bots, as httptest tests handlers of net/http: a bot in the
// process, against a simulator of the service, with one virtual clock for both.
//
//	sim := bottest.Run(t, bottest.Must(welcome.New(welcome.Config{In: []string{"A"}})))
//	sim.Group("A").Add("li si", "wang wu")
//	sim.Advance(26 * time.Second)
//	sim.Group("A").ExpectText("@Li Si @Wang Wu 欢迎")
//
// Nothing in such a test waits for real time. The clock stands still until [Sim.Advance] or
// [Sim.At] moves it; each expectation first waits until nothing runs, and then finds what it looks
// for or fails at once.
//
// The bot listens to everyone, does not wait between its sends, and keeps nothing after the test;
// [RunWith] changes that. All else is as in production, also the loop guard. The test fails as well
// when the bot logs an error that [Sim.ExpectError] did not announce (a handler, observer or
// schedule that fails or panics, a dead letter, a send of unknown outcome), when the bot does not
// end in order, and when one of its goroutines remains.
//
// The world is simulator.DefaultWorld: the groups A, B and C, and friends such as alice and bob.
// People have names: "alice" is wxid_alice. A newcomer whom nobody knows, such as "li si" above, is
// made up: nickname Li Si, wxid_li_si.
package bottest
