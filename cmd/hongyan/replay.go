package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/record"
	"github.com/hongyan-go/hongyan/plugin/rules"
	"github.com/hongyan-go/hongyan/replay"
)

// replayCmd runs callbacks through a bot that only prints the calls it would make.
type replayCmd struct {
	Config  string            `required:"" short:"c" placeholder:"FILE" type:"path" help:"The configuration file of the bot."`
	Paths   []string          `arg:"" name:"path" help:"Recordings (.jsonl), bodies (.json), or directories of them."`
	Golden  string            `placeholder:"FILE" type:"path" help:"Compare the calls with this file; differences exit with 1."`
	Update  bool              `help:"Write the calls to the golden file instead."`
	Explain bool              `help:"Explain events that no route handled, on standard error."`
	Key     string            `placeholder:"FILE" type:"path" help:"The key of the recording; default: the one beside it."`
	Allow   bool              `name:"everyone" help:"Ignore the allow list of the configuration."`
	Fail    map[string]string `help:"Let calls fail: --fail /message/postText=refused, or =unknown."`
}

// Help describes the output.
func (replayCmd) Help() string {
	return "Nothing is sent: no network, no waiting, no store. Each call that the bot would make is a line of JSON with event, route, " +
		"endpoint and body; a handler that fails, and a body that cannot be read, is a line with an error."
}

// Run plays the files.
func (cmd *replayCmd) Run(c console) (err error) {
	if cmd.Update && cmd.Golden == "" {
		return errors.New("replay: --update needs --golden FILE")
	}
	o := replay.Options{Fail: map[string]replay.Failure{}}
	for endpoint, how := range cmd.Fail {
		failure := replay.Failure(how)
		if failure != replay.Refused && failure != replay.Unknown {
			return phrase.Errorf("replay: --fail %s=%s: a call fails as refused or as unknown", endpoint, how)
		}
		o.Fail[endpoint] = failure
	}
	player, err := cmd.player(o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, player.Close()) }()
	entries, err := replay.Read(cmd.Paths...)
	if err != nil {
		return err
	}
	var played atomic.Int64
	stop := c.progress("replay", count, played.Load, func() int64 { return int64(len(entries)) })
	defer stop()
	steps := make([]replay.Step, 0, len(entries))
	for _, entry := range entries {
		steps = append(steps, player.Play(c.ctx, entry)...)
		played.Add(1)
	}
	stop() // before anything is printed
	if cmd.Explain {
		for _, s := range steps {
			switch {
			case s.Unhandled():
				fmt.Fprintf(c.errOut, "%s: no route took this %s\n%s", s.Event.Key(), s.Event.Kind(), player.Explain(s.Event))
			case s.Outcome.Dropped != "":
				c.say("%s: dropped: %s", s.Event.Key(), s.Outcome.Dropped)
			}
		}
	}
	return cmd.show(c, replay.Golden(player.Calls()))
}

// show prints the calls, or compares them.
func (cmd *replayCmd) show(c console, calls string) error {
	switch {
	case cmd.Golden == "":
		_, err := fmt.Fprint(c.out, calls)
		return err
	case cmd.Update:
		if err := os.WriteFile(cmd.Golden, []byte(calls), 0o600); err != nil {
			return fmt.Errorf("replay: %w", err)
		}
		c.say("wrote %s: %d calls and errors", cmd.Golden, strings.Count(calls, "\n"))
		return nil
	}
	want, err := os.ReadFile(cmd.Golden)
	if err != nil {
		return phrase.Errorf("replay: %w; --update writes it", err)
	}
	if diff := replay.Diff(cmd.Golden, string(want), "replay", calls); diff != "" {
		fmt.Fprint(c.out, diff)
		return quietError{}
	}
	return nil
}

// player makes the bot of the configuration, whose ids are replaced by the pseudonyms of the
// recording.
func (cmd *replayCmd) player(o replay.Options) (*replay.Player, error) {
	text, err := os.ReadFile(cmd.Config)
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	key, err := cmd.key()
	if err != nil {
		return nil, err
	}
	if key != nil {
		text = []byte(record.NewRedactor(key).IDs(string(text)))
	}
	reader := app.Reader{Lookup: func(name string) (string, bool) {
		value, set := os.LookupEnv(name)
		if !set && strings.Contains(name, "TOKEN") { // a replay needs none
			return "none", true
		}
		return value, set
	}}
	file, err := reader.Parse(cmd.Config, text)
	if err != nil {
		return nil, err
	}
	if cmd.Allow {
		file.Bot.Allow = bot.Allow{Everyone: true}
	}
	plugin, err := rules.New(file.Rules)
	if err != nil {
		return nil, err
	}
	player, err := replay.ForBot(file.Bot, o)
	if err != nil {
		return nil, err
	}
	if err := player.Bot().Install(plugin); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", cmd.Config, err), player.Close())
	}
	return player, nil
}

// key is the key of the recording: the file of --key, or the one beside the recording; nil if there
// is none.
func (cmd *replayCmd) key() ([]byte, error) {
	if cmd.Key != "" {
		return record.ReadKey(cmd.Key)
	}
	for _, path := range cmd.Paths {
		for _, dir := range []string{path, filepath.Dir(path)} {
			key, err := record.ReadKey(filepath.Join(dir, record.KeyFile))
			switch {
			case err == nil:
				return key, nil
			case !errors.Is(err, os.ErrNotExist) && dir != path:
				return nil, err
			}
		}
	}
	return nil, nil
}
