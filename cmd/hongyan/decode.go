package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// decodeCmd prints callback bodies as JSON.
type decodeCmd struct {
	Files   []string `arg:"" optional:"" name:"file" help:"Files with one body each; standard input if there is none."`
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
			return fmt.Errorf("decode: standard input: %w", err)
		}
		return cmd.print(c.out, "-", body)
	}
	failed := false
	for _, name := range cmd.Files {
		body, err := os.ReadFile(name) //nolint:gosec // to read the named files is the command's purpose
		if err != nil {
			fmt.Fprintln(c.errOut, "hongyan: decode:", err)
			failed = true
			continue
		}
		if err := cmd.print(c.out, name, body); err != nil {
			return err
		}
	}
	if failed {
		return quietError{}
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

// decodeBody is the line for one body: the event, with the name of its file in front, and behind it why it degraded, if somebody wants to know.
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

// marshal leaves <, > and & as they are: the output is for people, too.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}
