package bottest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/simulator"
)

// seen is what a test has looked at in a chat.
type seen struct {
	all     int64   // the number of the last message that an expectation has passed
	skipped []int64 // those before that were not what it looked for
}

// Sent returns what the bot has sent to this chat since the last look, oldest first: also what an
// expectation has passed over. A message has a Kind, a Text (the text, the name of a file, the
// title of a link) and the members At that it mentions.
func (c Chat) Sent() []simulator.Message {
	c.sim.tb.Helper()
	unseen, _ := c.unseen()
	at := c.looked()
	at.skipped = nil
	if len(unseen) > 0 {
		at.all = max(at.all, unseen[len(unseen)-1].Seq)
	}
	return unseen
}

// Expect expects a message of the bot in this chat that match accepts, after the one that the last
// expectation here has found. It passes over others, which Sent and ExpectNothing still see. what
// describes the message in a failure: "an answer about opening hours".
func (c Chat) Expect(what string, match func(simulator.Message) bool) simulator.Message {
	c.sim.tb.Helper()
	return c.expect(what, "", match)
}

// ExpectText expects a text that equals text.
func (c Chat) ExpectText(text string) simulator.Message {
	c.sim.tb.Helper()
	return c.expect(fmt.Sprintf("the text %q", text), text, func(m simulator.Message) bool {
		return m.Kind == simulator.KindText && m.Text == text
	})
}

// ExpectContains expects a text that contains part.
func (c Chat) ExpectContains(part string) simulator.Message {
	c.sim.tb.Helper()
	return c.expect(fmt.Sprintf("a text with %q", part), "", func(m simulator.Message) bool {
		return m.Kind == simulator.KindText && strings.Contains(m.Text, part)
	})
}

// ExpectFile expects a file by its name.
func (c Chat) ExpectFile(name string) simulator.Message {
	c.sim.tb.Helper()
	return c.expect(fmt.Sprintf("the file %q", name), "", func(m simulator.Message) bool {
		return m.Kind == simulator.KindFile && m.Text == name
	})
}

// ExpectImage expects a picture.
func (c Chat) ExpectImage() simulator.Message {
	c.sim.tb.Helper()
	return c.expect("a picture", "", func(m simulator.Message) bool { return m.Kind == simulator.KindImage })
}

// ExpectNothing fails if the bot has sent something here that neither an expectation has found nor
// Sent has returned. It is about the time until now: what is due later needs an Advance before.
func (c Chat) ExpectNothing() {
	c.sim.tb.Helper()
	if unseen, before := c.unseen(); len(unseen) > 0 {
		c.sim.tb.Fatalf("the bot was expected to send nothing to %s\n%s", c.in.Title(), c.report(unseen, before, ""))
	}
}

func (c Chat) expect(what, want string, match func(simulator.Message) bool) simulator.Message {
	c.sim.tb.Helper()
	unseen, before := c.unseen()
	at := c.looked()
	for i, m := range unseen {
		if m.Seq <= at.all || !match(m) {
			continue
		}
		for _, passed := range unseen[:i] {
			if passed.Seq > at.all {
				at.skipped = append(at.skipped, passed.Seq)
			}
		}
		at.all = m.Seq
		return m
	}
	c.sim.tb.Fatalf("the bot did not send %s to %s\n%s", what, c.in.Title(), c.report(unseen, before, want))
	return simulator.Message{}
}

func (c Chat) looked() *seen {
	key := c.in.Account().AppID + " " + c.in.ID()
	if c.sim.seen[key] == nil {
		c.sim.seen[key] = &seen{}
	}
	return c.sim.seen[key]
}

// unseen waits until nothing runs, and returns what the bot has sent here that no test has looked
// at, and all that was said.
func (c Chat) unseen() (sent, all []simulator.Message) {
	c.sim.tb.Helper()
	c.sim.Idle()
	all, err := c.in.Messages()
	c.sim.must(err)
	at := c.looked()
	for _, m := range all {
		if c.in.BotSaid(m) && (m.Seq > at.all || slices.Contains(at.skipped, m.Seq)) {
			sent = append(sent, m)
		}
	}
	return sent, all
}

// report says what was sent instead.
func (c Chat) report(unseen, all []simulator.Message, want string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "It is %s.", c.sim.Now().Format("Mon 2006-01-02 15:04:05"))
	if len(unseen) == 0 {
		b.WriteString(" The bot has sent nothing there since the last look.\n")
	} else {
		b.WriteString(" The bot has sent this there since the last look:\n")
	}
	for _, m := range unseen {
		b.WriteString("  " + c.line(m) + "\n")
		if want != "" && m.Kind == simulator.KindText {
			fmt.Fprintf(&b, "      want %q\n      got  %q\n", want, m.Text)
		}
	}
	const most = 10
	fmt.Fprintf(&b, "What was said there (the last %d):\n", most)
	for _, m := range all[max(0, len(all)-most):] {
		b.WriteString("  " + c.line(m) + "\n")
	}
	if others := c.elsewhere(); others != "" {
		b.WriteString("What the bot has sent elsewhere:\n" + others)
	}
	for _, call := range c.sim.sim.Calls() {
		if !call.Executed {
			fmt.Fprintf(&b, "The call %s was not executed: %s%s\n", call.Endpoint, call.Fault, call.Reason)
		}
	}
	for _, line := range c.sim.log.unexpected() {
		b.WriteString("The bot has logged an error: " + line + "\n")
	}
	return b.String()
}

// elsewhere lists the last messages of the bot to other chats.
func (c Chat) elsewhere() string {
	all, err := c.sim.sim.Messages("", 0)
	c.sim.must(err)
	all = slices.DeleteFunc(all, func(m simulator.Message) bool { return !m.ByBot() || m.Conversation == c.in.ID() })
	const most = 10
	var b strings.Builder
	for _, m := range all[max(0, len(all)-most):] {
		fmt.Fprintf(&b, "  to %s: %s\n", m.Conversation, c.line(m))
	}
	return b.String()
}

// line describes a message.
func (c Chat) line(m simulator.Message) string {
	who := m.From
	if m.ByBot() {
		who = "the bot"
	}
	text := fmt.Sprintf("%s %s: %s %q", time.Unix(m.Time, 0).In(c.sim.config.Zone).Format(time.TimeOnly), who, m.Kind, m.Text)
	if len(m.At) > 0 {
		text += " mentioning " + strings.Join(m.At, ", ")
	}
	if m.CallbackError != "" {
		text += " (callback " + m.Callback + ": " + m.CallbackError + ")"
	}
	return text
}
