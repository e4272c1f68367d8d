package app

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/router"
)

// ExplainCommand tells for each rule why it would answer a message, or would not, and what came of
// a past message.
type ExplainCommand struct {
	Place
	Key  string `arg:"" optional:"" help:"A past message, by the event that its line in the log names."`
	Say  string `placeholder:"TEXT" help:"What somebody says, to a bot of the file on a simulator."`
	As   string `placeholder:"PERSON" help:"Who says it; default: alice."`
	In   string `placeholder:"CHAT" help:"In which group; without, in private."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Validate checks that the flags fit together.
func (cmd *ExplainCommand) Validate() error {
	switch {
	case (cmd.Key == "") == (cmd.Say == ""):
		return errors.New("give either the KEY of a past message, which the log calls event, or --say TEXT")
	case cmd.Say != "" && cmd.Config == "":
		return errors.New("--say needs the file of the bot: -c FILE")
	case cmd.Key != "" && cmd.As+cmd.In != "":
		return errors.New("--as and --in go with --say")
	}
	return nil
}

// Run explains a past message, or says the text on a simulator, and prints what each rule says to
// it and what was sent.
func (cmd *ExplainCommand) Run(c Console) (err error) {
	if cmd.Key != "" {
		return cmd.past(c)
	}
	file, err := c.load(cmd.Config, c.simReader())
	if err != nil {
		return err
	}
	s := step{Say: cmd.Say, As: cmd.As, In: cmd.In}
	file.cast.add(ofChats, s.In)
	file.cast.add(ofPeople, cmp.Or(s.As, "alice"))
	t, err := file.try(c.Ctx, trialBegins())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.stop()) }()
	if _, err := t.play(c.Ctx, &s); err != nil {
		return err
	}
	e := t.event()
	if e == nil {
		return errors.New("app: the bot got no message")
	}
	got, err := t.look(c.Ctx)
	if err != nil {
		return err
	}
	x := t.bot.Explain(e)
	if cmd.JSON {
		return printJSON(c, map[string]any{"kind": x.Kind, "rules": verdicts(x.Routes), "sent": sentLines(t, got)})
	}
	c.explain(x)
	if len(got) == 0 {
		c.tell("nothing is sent")
	}
	for _, line := range sentLines(t, got) {
		c.tell("sends %v", line)
	}
	return nil
}

// explain prints what each rule says.
func (c Console) explain(x router.Explanation) {
	for _, v := range x.Routes {
		switch {
		case v.Handles:
			c.tell("YES  %v", v.RouteInfo)
		case v.Reason == "":
			c.tell("no   %v", v.RouteInfo)
		default:
			c.tell("no   %v  (%v)", v.RouteInfo, phrase.Word(v.Reason))
		}
	}
}

// verdict is what a rule says, in JSON.
type verdict struct {
	Name    string `json:"name"`
	Handles bool   `json:"handles"`
	Reason  string `json:"reason,omitempty"`
}

func verdicts(routes []router.Verdict) []verdict {
	all := make([]verdict, len(routes))
	for i, v := range routes {
		all[i] = verdict{v.Name, v.Handles, v.Reason}
	}
	return all
}

func sentLines(t *trial, got []sent) []string {
	lines := []string{}
	for _, m := range got {
		lines = append(lines, fmt.Sprintf("to %s: %s", t.nameOf(m.chat), m))
	}
	return lines
}
