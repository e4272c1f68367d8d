package llm

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// Caller says for whom a tool is called.
type Caller struct {
	Account, Chat, Person string    // ids
	Time                  time.Time // of the bot, in its zone
	// ID identifies the call: the same call once more, after a crash, has the same.
	ID string
}

// Tool is something that the model may do for listed people; see NewTool and Tools.Own.
type Tool struct {
	name, about string
	changes     bool // it may change something
	harmless    bool // its result has nothing that a person wrote
	schema      *jsonschema.Schema
	resolved    *jsonschema.Resolved
	call        func(ctx context.Context, who Caller, arguments json.RawMessage) (string, error)
	err         error
}

// NewTool makes a tool in Go. The model knows it by its name and by about, a sentence or two, and
// gives arguments as the fields of the struct A have them, by their tags json and jsonschema;
// fields with omitempty may be absent. What call returns is read by the model; of an error it
// learns only that the tool has failed. call must return when its context ends, and must not send
// messages: the answer of the model is what is sent. After a crash a call may be made again, with
// the same Caller.ID.
//
// A tool that changes something says so by Changing. Mistakes are reported by New.
func NewTool[A any](name, about string, call func(ctx context.Context, who Caller, a A) (string, error)) Tool {
	schema, err := jsonschema.For[A](nil)
	t := Tool{name: name, about: about, schema: schema, err: err}
	return makeTool(t, func(ctx context.Context, who Caller, data json.RawMessage) (string, error) {
		var a A
		if err := json.Unmarshal(data, &a); err != nil {
			return "", errArguments
		}
		return call(ctx, who, a)
	})
}

// Changing returns the tool as one that may change something. Such a tool is not offered to the
// model any more when it has read a result, as that may have what strangers wrote; and an answer
// for which one was called is not given up when the person writes again.
func (t Tool) Changing() Tool {
	t.changes = true
	return t
}

var toolName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,63}$`)

// makeTool completes a tool, and checks it.
func makeTool(t Tool, call func(context.Context, Caller, json.RawMessage) (string, error)) Tool {
	t.call = call
	switch {
	case t.err != nil:
	case !toolName.MatchString(t.name):
		t.err = phrase.Errorf("%q is no name for a tool: write letters, digits, - and _", t.name)
	case t.schema.Type != "object":
		t.err = errors.New("its arguments are not a struct")
	default:
		t.resolved, t.err = t.schema.Resolve(nil)
	}
	return t
}

// errArguments are arguments that do not fit the schema.
var errArguments = errors.New("llm: the arguments do not fit the schema of the tool")

// run checks the arguments, and calls the tool. A panic of a tool in Go is a failure of the call.
func (t *Tool) run(ctx context.Context, who Caller, arguments string) (result string, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = errors.New("llm: the tool has panicked")
		}
	}()
	if arguments == "" {
		arguments = "{}"
	}
	var value any
	if len(arguments) > maxArguments || json.Unmarshal([]byte(arguments), &value) != nil || t.resolved.Validate(value) != nil {
		return "", errArguments
	}
	return t.call(ctx, who, json.RawMessage(arguments))
}

// maxArguments bounds the arguments of a call, in bytes.
const maxArguments = 16 << 10
