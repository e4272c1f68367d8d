package model_test

import (
	"strings"
	"testing"

	"github.com/hongyan-go/hongyan/plugin/internal/model"
)

// FuzzEvents gives each line of data to the function once, whatever the stream looks like.
func FuzzEvents(f *testing.F) {
	for _, seed := range []string{
		"event:a\ndata:{}\n\n", "event: a\r\ndata: {}\r\n", "data:x\ndata:y", ":comment\n\nevent:a\nevent:b\ndata:",
		`{"code":1}`, "event\ndata\n", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		calls := 0
		err := model.Events(strings.NewReader(text), func(_, data string) error {
			calls++
			if !strings.Contains(text, data) {
				t.Errorf("%q is not in the stream", data)
			}
			return nil
		})
		if err == nil && calls > strings.Count(text, "\n")+1 {
			t.Errorf("%d calls", calls)
		}
	})
}
