package simulator

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// TB is what the test kit needs of a *testing.T, *testing.B or *testing.F.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Test is a simulator in a test. Its methods that end in -s or begin with Expect fail the test
// where those of Simulator return an error. All other methods are Simulator's.
//
// Use it in the goroutine of the test, because it calls Fatalf.
type Test struct {
	*Simulator
	// Timeout bounds the wait of an Expect method. Start sets it to 5 s.
	Timeout time.Duration
	// Quiet is how long ExpectNothing waits. Start sets it to 200 ms.
	Quiet time.Duration

	tb TB
}

// The defaults of Test.
const (
	defaultTimeout = 5 * time.Second
	defaultQuiet   = 200 * time.Millisecond
)

// Start starts a simulator for a test, and closes it when the test ends. The functions change its
// configuration.
func Start(tb TB, configure ...func(*Config)) *Test {
	tb.Helper()
	var c Config
	for _, f := range configure {
		f(&c)
	}
	sim, err := New(c)
	if err != nil {
		tb.Fatalf("%v", err)
		return nil
	}
	tb.Cleanup(func() { _ = sim.Close() })
	return sim.Test(tb)
}

// Test returns the test kit for a simulator that was started otherwise, such as by a bot. It does
// not close the simulator.
func (s *Simulator) Test(tb TB) *Test {
	return &Test{Simulator: s, Timeout: defaultTimeout, Quiet: defaultQuiet, tb: tb}
}

// TestChat is a Chat in a test.
type TestChat struct {
	Chat
	test *Test
}

// TestPerson is a Person in a test.
type TestPerson struct {
	Person
	test *Test
}

// TestFriend is a Friend in a test.
type TestFriend struct {
	TestPerson
	TestChat
}

// Group returns a group by its id or name.
func (t *Test) Group(name string) TestChat {
	t.tb.Helper()
	c := t.Simulator.Group(name)
	t.must(c.err)
	return TestChat{c, t}
}

// Friend returns a friend of the account, by the names that Simulator.Friend accepts.
func (t *Test) Friend(name string) TestFriend {
	t.tb.Helper()
	f := t.Simulator.Friend(name)
	t.must(f.Chat.err)
	return TestFriend{TestPerson{f.Person, t}, TestChat{f.Chat, t}}
}

// ExpectCallback waits until the bot has registered its callback URL. Messages before that do not
// reach it.
func (t *Test) ExpectCallback() {
	t.tb.Helper()
	ctx, cancel := t.within()
	defer cancel()
	t.must(t.AwaitCallback(ctx))
}

// ExpectCall waits for an executed call of an endpoint, among all since the simulator began.
func (t *Test) ExpectCall(endpoint string) Call {
	t.tb.Helper()
	ctx, cancel := t.within()
	defer cancel()
	c, err := t.AwaitCall(ctx, func(c Call) bool { return c.Endpoint == endpoint && c.Executed })
	if err != nil {
		t.tb.Fatalf("%s was not called and executed within %v%s", endpoint, t.Timeout, t.refused())
	}
	return c
}

// Does does an action; see Simulator.Act.
func (t *Test) Does(a Action) Message {
	t.tb.Helper()
	m, err := t.Act(a)
	t.must(err)
	return m
}

// Breaks adds faults; see Simulator.AddFaults.
func (t *Test) Breaks(faults ...Fault) {
	t.tb.Helper()
	_, err := t.AddFaults(faults...)
	t.must(err)
}

// Member returns a member of the group, by the names that Chat.Member accepts.
func (c TestChat) Member(name string) TestPerson {
	c.test.tb.Helper()
	p := c.Chat.Member(name)
	c.test.must(p.err)
	return TestPerson{p, c.test}
}

// Phone returns the account itself, as its owner types on the phone.
func (c TestChat) Phone() TestPerson {
	c.test.tb.Helper()
	p := c.Chat.Phone()
	c.test.must(p.err)
	return TestPerson{p, c.test}
}

// Expect waits for a message of the bot in this chat that match accepts, after the message that the
// last Expect here returned. It skips others. what describes the message in a failure: "an answer
// about opening hours".
func (c TestChat) Expect(what string, match func(Message) bool) Message {
	c.test.tb.Helper()
	return c.expect(what, "", match)
}

// ExpectText waits for a text of the bot that equals text.
func (c TestChat) ExpectText(text string) Message {
	c.test.tb.Helper()
	return c.expect(fmt.Sprintf("the text %q", text), text, func(m Message) bool { return m.Kind == KindText && m.Text == text })
}

// ExpectFile waits for a file of the bot by its name.
func (c TestChat) ExpectFile(name string) Message {
	c.test.tb.Helper()
	return c.expect(fmt.Sprintf("the file %q", name), "", func(m Message) bool { return m.Kind == KindFile && m.Text == name })
}

func (c TestChat) expect(what, want string, match func(Message) bool) Message {
	c.test.tb.Helper()
	ctx, cancel := c.test.within()
	defer cancel()
	m, err := c.Await(ctx, match)
	if err != nil {
		c.test.tb.Fatalf("the bot did not send %s to %s within %v\n%s", what, c.Title(), c.test.Timeout, c.report(want))
	}
	return m
}

// ExpectNothing fails if the bot has sent a message here since the last Expect, or sends one until
// all callbacks are settled and Quiet has passed. It cannot see later messages. If the bot answers
// some message, it is faster and more certain to send that one afterwards, in the same chat, and to
// expect its answer.
func (c TestChat) ExpectNothing() {
	c.test.tb.Helper()
	ctx, cancel := c.test.within()
	defer cancel()
	c.test.must(c.sim.Settle(ctx))
	quiet, stop := context.WithTimeout(ctx, c.test.Quiet)
	defer stop()
	var said []Message
	if c.sim.life.Wait(quiet, func() bool { said = c.botSaid(); return len(said) > 0 }) == nil {
		c.test.tb.Fatalf("the bot was expected to be silent in %s\n%s", c.Title(), c.report(""))
	}
}

// Says sends a text; see Person.Say.
func (p TestPerson) Says(text string, at ...string) Message {
	p.test.tb.Helper()
	return p.test.said(p.Say(text, at...))
}

// Drops sends a complete file; see Person.Drop. It sends only that message: call Announces first if
// a test needs the notice as well.
func (p TestPerson) Drops(f File) Message {
	p.test.tb.Helper()
	return p.test.said(p.Drop(f))
}

// Announces sends the notice of an upload; see Person.Announce.
func (p TestPerson) Announces(f File) Message {
	p.test.tb.Helper()
	return p.test.said(p.Announce(f))
}

// Shares sends a link.
func (p TestPerson) Shares(l Link) Message {
	p.test.tb.Helper()
	return p.test.said(p.Share(l))
}

// Shows sends a picture.
func (p TestPerson) Shows() Message {
	p.test.tb.Helper()
	return p.test.said(p.Show())
}

// Sends sends any message; see Raw.
func (p TestPerson) Sends(d Draft) Message {
	p.test.tb.Helper()
	return p.test.said(p.Send(d))
}

func (t *Test) said(m Message, err error) Message {
	t.tb.Helper()
	t.must(err)
	return m
}

func (t *Test) must(err error) {
	t.tb.Helper()
	if err != nil {
		t.tb.Fatalf("%v", err)
	}
}

func (t *Test) within() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), t.Timeout)
}

// report describes what happened instead.
func (c TestChat) report(want string) string {
	c.sim.life.Lock()
	seen, callback := c.sim.cursors[c.key()], c.sim.out.URL()
	messages := c.sim.said(c.id, 0)
	c.sim.life.Unlock()
	const most = 20
	if len(messages) > most {
		messages = messages[len(messages)-most:]
	}
	var b strings.Builder
	b.WriteString("What was said there:\n")
	for _, m := range messages {
		b.WriteString("  " + c.line(m, seen) + "\n")
		if want != "" && m.ByBot() && m.Kind == KindText && m.Seq > seen {
			wantRest, gotRest := rest(want, m.Text)
			fmt.Fprintf(&b, "      want %q\n      got  %q\n           first difference: want %q, got %q\n", want, m.Text, wantRest, gotRest)
		}
	}
	if len(messages) == 0 {
		b.WriteString("  (nothing)\n")
	}
	if callback == "" {
		b.WriteString("No bot has registered a callback URL, so no bot was told.\n")
	}
	b.WriteString(strings.TrimPrefix(c.test.refused(), "\n"))
	return b.String()
}

// line returns a message in a report.
func (c TestChat) line(m Message, seen int64) string {
	c.sim.life.Lock()
	nick := c.sim.world.People.Nick(m.From)
	c.sim.life.Unlock()
	text := fmt.Sprintf("#%d %s: %s %q", m.Seq, nick, m.Kind, m.Text)
	switch {
	case m.ByBot() && m.Seq <= seen:
		return text + " (sent by the bot, expected before)"
	case m.ByBot():
		return text + " (sent by the bot)"
	case m.CallbackError != "":
		return text + " (callback " + m.Callback + ": " + m.CallbackError + ")"
	default:
		return text + " (callback " + m.Callback + ")"
	}
}

// rest returns what follows the common beginning of two texts.
func rest(a, b string) (string, string) {
	ra, rb := []rune(a), []rune(b)
	n := 0
	for n < min(len(ra), len(rb)) && ra[n] == rb[n] {
		n++
	}
	return string(ra[n:]), string(rb[n:])
}

// refused lists the calls that were not executed.
func (t *Test) refused() string {
	var b strings.Builder
	for _, c := range t.Calls() {
		if !c.Executed {
			fmt.Fprintf(&b, "\nThe call %s was not executed: %s", c.Endpoint, reasonOf(c))
		}
	}
	return b.String()
}

func reasonOf(c Call) string {
	if c.Fault != "" {
		return "the fault " + c.Fault
	}
	return c.Reason
}
