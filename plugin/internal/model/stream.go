package model

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/hongyan-go/hongyan/plugin/internal/service"
)

// events reads a stream of events. Data that belongs to none has an empty event.
func events(r io.Reader, f func(event, data string) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, service.MaxAnswer)
	event := ""
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimSpace(value)
		switch {
		case lines.Text() == "": // the end of an event, perhaps of one without data
			event = ""
		case name == "event":
			event = value
		case name == "data":
			if err := f(event, value); err != nil {
				return err
			}
			event = ""
		case json.Valid(lines.Bytes()):
			return f("", lines.Text())
		}
	}
	if err := lines.Err(); err != nil {
		return errors.New("model: the stream of events breaks off")
	}
	return nil
}
