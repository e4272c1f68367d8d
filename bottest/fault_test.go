package bottest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestSendsAreRefused(t *testing.T) {
	t.Parallel()
	sim := bottest.Run(t, bottest.Must(echo()))
	a, b := sim.Group("A"), sim.Group("B")
	sim.Refuse(a)
	a.As("alice").Say("1")
	b.As("alice").Say("1")
	b.ExpectText("re 1")
	a.ExpectNothing()
	sim.ExpectError("refused")
	sim.Advance(time.Hour)
	sim.Mend()
	a.As("alice").Say("2")
	a.ExpectText("re 2")
	a.ExpectNothing()
}

func TestAnAnswerIsLost(t *testing.T) {
	t.Parallel()
	sim := bottest.Run(t, bottest.Must(echo()))
	bob := sim.Person("bob")
	sim.LoseAnswers(bob.Chat)
	bob.Say("1")
	bob.ExpectText("re 1")
	sim.ExpectError("may have been sent")
	sim.Advance(24 * time.Hour)
	bob.ExpectNothing()
}

func TestACallbackComesTwice(t *testing.T) {
	t.Parallel()
	sim := bottest.Run(t, bottest.Must(echo()))
	sim.Break(simulator.Fault{Endpoint: "callback", Kind: simulator.FaultDuplicate})
	bob := sim.Person("bob")
	bob.Say("1")
	bob.ExpectText("re 1")
	bob.ExpectNothing()
}

func TestAFaultNeedsAChat(t *testing.T) {
	t.Parallel()
	fatal, _ := fails(t, func(tb bottest.TB) { bottest.Run(tb).Refuse() })
	assert.Contains(t, fatal, "name the chats")
}
