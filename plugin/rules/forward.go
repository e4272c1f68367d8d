package rules

import (
	"regexp"
	"time"

	"github.com/hongyan-go/hongyan/outbox"
)

// Forward says where a message goes.
type Forward struct {
	To      []string `yaml:"to" of:"chats" help:"Groups or friends to forward to."`
	Caption string   `yaml:"caption" help:"A text that is sent before: a template."`
	Title   string   `yaml:"title" help:"Another title, or file name."` // empty leaves it
	// Dedupe keeps the same thing from going to the same chat again; nil forwards all.
	Dedupe *Dedupe `yaml:"dedupe" help:"What not to forward again."`
	// OnRefused says what to do with a file or picture that the service does not forward: download,
	// to send it as a new one, once. Empty does nothing.
	OnRefused string       `yaml:"on_refused" enum:"download" help:"Send the file as a new one if the service refuses to forward it."`
	Confirm   *Confirm     `yaml:"confirm" help:"What a person has to agree to first."`
	Gap       outbox.Range `yaml:"gap" help:"The time between two targets."`
	// Hold is the time before it is forwarded; a revoke in between stops it.
	Hold time.Duration `yaml:"hold" help:"The time before it is forwarded, in which the sender can revoke it."`
}

// Dedupe says which messages are the same, and what becomes of those that come again.
type Dedupe struct {
	By   string        `yaml:"by" enum:"md5,text" help:"What is compared: the md5 of the file (the default), or the text."`
	For  time.Duration `yaml:"for" help:"For how long; the default is 24h."`
	Then string        `yaml:"then" enum:"skip,line" help:"Nothing (the default), or a line in place of the file."`
}

// UnmarshalShort reads what is compared.
func (d *Dedupe) UnmarshalShort(value string) error {
	d.By = value
	return nil
}

// Confirm says what a person has to agree to.
type Confirm struct {
	Name   *regexp.Regexp `yaml:"name" help:"Which names of files, or texts."` // nil means all
	By     string         `yaml:"by" of:"people" help:"Who has to agree; the default is owner, the first of owners."`
	Within time.Duration  `yaml:"within" help:"How long the question waits; the default is 24h."`
}

// Ask is a question to a person before the rule acts.
type Ask struct {
	Text   string        `yaml:"text" help:"The question: a template."`
	By     string        `yaml:"by" of:"people" help:"Who has to agree; the default is owner, the first of owners."`
	Within time.Duration `yaml:"within" help:"How long the question waits; the default is 24h."`
	No     string        `yaml:"no" help:"What the chat gets if the person refuses, or does not answer."`
}

// UnmarshalShort reads the question.
func (a *Ask) UnmarshalShort(value string) error {
	a.Text = value
	return nil
}

// Call posts the event as JSON to a URL of the operator.
type Call struct {
	URL string `yaml:"url" help:"Where to post to."`
	// Secret signs the request; docs/en/rules.md says how. Empty does not sign.
	Secret  string        `yaml:"secret" help:"Signs the request."`
	Reply   bool          `yaml:"reply" help:"Answer with what the response says."`
	Timeout time.Duration `yaml:"timeout" help:"How long the response may take; the default is 10s."`
}

// UnmarshalShort reads the URL.
func (c *Call) UnmarshalShort(value string) error {
	c.URL = value
	return nil
}

// Append adds a line to a file in the data directory.
type Append struct {
	CSV   string `yaml:"csv" help:"A file that ends in .csv."`
	JSONL string `yaml:"jsonl" help:"A file that ends in .jsonl."`
	// Row are the cells of a line of CSV: templates. Empty means time, group, name, wxid and text.
	Row []string `yaml:"row" help:"The cells of a line: templates."`
}

// Tell sends a note about the message.
type Tell struct {
	To []string `yaml:"to" of:"chats" help:"Chats, people, or owners."`
	// Text is a template. Empty means the group, the sender and the text.
	Text string `yaml:"text" help:"The note: a template."`
}

// UnmarshalShort reads who gets it.
func (t *Tell) UnmarshalShort(value string) error {
	t.To = []string{value}
	return nil
}
