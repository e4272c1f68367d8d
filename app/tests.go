package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// test is a test of a file.
type test struct {
	name  string
	place string // bot.yaml:42
	fresh bool
	steps []step
}

// buildTests checks the tests of the file.
func (s *schema) buildTests(d *conf.Document) (all []test) {
	for i, script := range s.Tests {
		path := fmt.Sprintf("tests[%d]", i)
		t := test{name: script.Name, place: d.Place(path), fresh: script.Fresh, steps: script.Steps}
		if script.Name == "" {
			d.Mistake(path+".name", errors.New("it is missing: say what the test shows"))
		}
		switch single := script.belongs(); {
		case len(script.Steps) > 0 && len(single) > 0:
			d.Mistake(path+".steps", phrase.Errorf("%s belongs into one of the steps", single[0]))
		case len(script.Steps) == 0:
			t.steps = []step{script.step}
		}
		for j := range t.steps {
			at := path
			if len(script.Steps) > 0 {
				at = fmt.Sprintf("%s.steps[%d]", path, j)
			}
			t.steps[j].inherit(&script.step)
			t.steps[j].check(func(key string, err error) { d.Mistake(at+"."+key, err) })
		}
		all = append(all, t)
	}
	return all
}

// inherit takes who does it, where and with which account from a test, unless the step says so
// itself.
func (s *step) inherit(from *step) {
	s.As, s.In, s.Account = cmp.Or(s.As, from.As), cmp.Or(s.In, from.In), cmp.Or(s.Account, from.Account)
}

// check reports what cannot happen.
func (s *step) check(mistake func(key string, err error)) {
	if s.In == "" {
		for _, key := range []string{"join", "join_by_qr", "leave", "remove", "rename"} {
			for _, does := range s.does() {
				if does == key {
					mistake(key, errors.New("in which group? write in:, too"))
				}
			}
		}
	}
	if s.Quote != "" && s.Say == "" {
		mistake("quote", errors.New("what does the answer say? write say:, too"))
	}
	if s.Request != nil && s.Request.URL == "" {
		mistake("request.url", errors.New("it is missing"))
	}
	if s.After < 0 || s.Wait < 0 || s.Down < 0 {
		mistake("after", errors.New("time does not go back"))
	}
}

// Result is how a test of a file ended.
type Result struct {
	Name  string `json:"name"`
	Place string `json:"place"` // file and line
	OK    bool   `json:"ok"`
	// Lines say what is different from what the test expects, and why.
	Lines []string `json:"lines,omitempty"`

	texts []phrase.Text // the lines, for people
}

// Test runs the tests of a file whose names match, on a simulator with a clock of its own, in their
// order. A nil match means all.
func (f *File) Test(ctx context.Context, match *regexp.Regexp) (results []Result, err error) {
	var now *trial
	defer func() { //nolint:contextcheck // to stop takes its time
		if now != nil {
			err = errors.Join(err, now.stop())
		}
	}()
	for _, t := range f.tests {
		if match != nil && !match.MatchString(t.name) {
			continue
		}
		if now == nil || t.fresh {
			if now != nil {
				if err := now.stop(); err != nil { //nolint:contextcheck // to stop takes its time
					return results, err
				}
			}
			if now, err = f.try(ctx, trialBegins()); err != nil {
				return results, err
			}
		}
		results = append(results, now.test(ctx, &t))
	}
	return results, nil
}

// test runs one test, up to its first step that fails.
func (t *trial) test(ctx context.Context, test *test) Result {
	r := Result{Name: test.name, Place: test.place}
	for i := range test.steps {
		s := &test.steps[i]
		lines, err := t.step(ctx, s)
		if err != nil {
			lines = append(lines, phrase.New("! %v", err))
		}
		if len(lines) == 0 {
			continue
		}
		if len(test.steps) > 1 {
			lines = slices.Insert(lines, 0, phrase.New("in step %d:", i+1))
		}
		r.texts = slices.Concat(lines, t.why()) //nolint:contextcheck // it explains what is over
		for _, line := range r.texts {
			r.Lines = append(r.Lines, line.String())
		}
		return r
	}
	r.OK = true
	return r
}

// step plays one step, and returns the difference to what is expected.
func (t *trial) step(ctx context.Context, s *step) ([]phrase.Text, error) {
	t.logs.TakeAll() // what was before explains nothing
	lines, err := t.play(ctx, s)
	if err != nil {
		return nil, err
	}
	got, err := t.look(ctx)
	if err != nil || !s.Expect.given {
		return lines, err
	}
	sends, err := t.difference(s, got)
	return append(lines, sends...), err
}

// why tells what the bot has logged in this step, and for each rule what it says to the last event.
func (t *trial) why() (lines []phrase.Text) {
	for _, entry := range t.logs.TakeAll() {
		line := phrase.New("  log: %v", phrase.Word(entry.Message))
		if err, ok := entry.ContextMap()["error"]; ok {
			line = phrase.New("  log: %v: %v", phrase.Word(entry.Message), err)
		}
		lines = append(lines, line)
	}
	e := t.event()
	if e == nil {
		return nil
	}
	for _, v := range t.bot.Explain(e).Routes {
		switch {
		case v.Handles:
			lines = append(lines, phrase.New("  yes %s", v.Name))
		case v.Reason == "":
			lines = append(lines, phrase.New("  no  %s", v.Name))
		default:
			lines = append(lines, phrase.New("  no  %s: %v", v.Name, phrase.Word(v.Reason)))
		}
	}
	return lines
}

// TestCommand runs the tests of a file.
type TestCommand struct {
	Config string `required:"" short:"c" placeholder:"FILE" type:"path" help:"The configuration file."`
	Match  string `name:"run" placeholder:"REGEXP" help:"Only tests whose name matches."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

// Run runs them, and prints a line for each, with the difference if one fails.
func (cmd *TestCommand) Run(c Console) error {
	var match *regexp.Regexp
	if cmd.Match != "" {
		var err error
		if match, err = regexp.Compile(cmd.Match); err != nil {
			return fmt.Errorf("app: --run: %w", err)
		}
	}
	began := time.Now()
	file, err := c.load(cmd.Config, c.simReader())
	if err != nil {
		return err
	}
	for _, hint := range file.hints {
		c.say("%v", hint)
	}
	results, err := file.Test(c.Ctx, match)
	if err != nil {
		return err
	}
	if len(results) == 0 {
		return phrase.Errorf("%s: no tests: docs/en/tests.md shows how to write them", cmd.Config)
	}
	failed := 0
	for _, r := range results {
		if !r.OK {
			failed++
		}
	}
	if cmd.JSON {
		err = printJSON(c, results)
	} else {
		c.printResults(results)
		c.tell("%d tests, %d failed, %.2f s", len(results), failed, time.Since(began).Seconds())
	}
	if err == nil && failed > 0 {
		err = SaidError{}
	}
	return err
}

func (c Console) printResults(results []Result) {
	for _, r := range results {
		if r.OK {
			c.tell("ok    %s", r.Name)
			continue
		}
		c.tell("FAIL  %s (%s)", r.Name, r.Place)
		for _, line := range r.texts {
			c.tell("      %v", line)
		}
	}
}
