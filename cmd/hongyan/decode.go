package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/replay"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// decodeCmd prints callback bodies as JSON.
type decodeCmd struct {
	Files   []string `arg:"" optional:"" name:"file" help:"Files with one body each, or recordings (.jsonl); default: standard input."`
	Explain bool     `help:"Say of each body that could not be read in full why."`
}

// Help describes the output.
func (decodeCmd) Help() string {
	return "Each body gives one line with envelope, ids, conversation, sender, kind and fields. A body that must be refused gives\n" +
		`{"file":…,"error":true,"reason":…}. The exit code is 0 if every file could be read, refused bodies included.` +
		"\n\nThe output holds message text, cdn ids and keys: do not post it."
}

// Run prints a line for each body.
func (cmd *decodeCmd) Run(c console) error {
	if len(cmd.Files) == 0 {
		body, err := io.ReadAll(c.in)
		if err != nil {
			return phrase.Errorf("decode: standard input: %w", err)
		}
		return cmd.print(c.out, "-", body)
	}
	failed := false
	for _, name := range cmd.Files {
		body, err := os.ReadFile(name) //nolint:gosec // to read the named files is the command's purpose
		if err != nil {
			c.say("hongyan: decode: %v", err)
			failed = true
			continue
		}
		if err := cmd.file(c.out, name, body); err != nil {
			return err
		}
	}
	if failed {
		return quietError{}
	}
	return nil
}

// file prints the bodies of a file; those of a recording with their line numbers.
func (cmd *decodeCmd) file(w io.Writer, name string, text []byte) error {
	if filepath.Ext(name) != ".jsonl" {
		return cmd.print(w, name, text)
	}
	for i, entry := range replay.Parse(text) {
		if err := cmd.print(w, fmt.Sprintf("%s:%d", name, i+1), entry.Body); err != nil {
			return err
		}
	}
	return nil
}

func (cmd *decodeCmd) print(w io.Writer, name string, body []byte) error {
	line, err := decodeBody(name, body, cmd.Explain)
	if err != nil {
		return fmt.Errorf("decode: %s: %w", name, err)
	}
	_, err = fmt.Fprintf(w, "%s\n", line)
	return err
}

// decodeBody is the line for one body: the event, with the name of its file first and, if explain
// is set, the reason why it could not be read in full last.
func decodeBody(name string, body []byte, explain bool) ([]byte, error) {
	file, err := marshal(name)
	if err != nil {
		return nil, err
	}
	event, err := callback.Decode(body)
	if err != nil {
		return marshal(struct {
			File   string `json:"file"`
			Error  bool   `json:"error"`
			Reason string `json:"reason"`
		}{name, true, err.Error()})
	}
	line, err := event.MarshalJSON()
	if err != nil {
		return nil, err
	}
	line = append(append(append([]byte(`{"file":`), file...), ','), line[1:]...)
	if raw, ok := event.Payload().(*xmlmsg.Raw); ok && explain && raw.Err != nil {
		why, err := marshal(raw.Err.Error())
		if err != nil {
			return nil, err
		}
		line = append(append(append(line[:len(line)-1], `,"explain":`...), why...), '}')
	}
	return line, nil
}
