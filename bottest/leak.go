package bottest

import (
	"bytes"
	"context"
	"fmt"
	"runtime/pprof"
	"strings"
	"time"
)

// labelled runs f with a label that all goroutines get which f starts, and those get which they
// start: a test finds its own again, also among those of tests that run at the same time.
func labelled(id string, f func()) {
	pprof.Do(context.Background(), pprof.Labels(labelName, id), func(context.Context) { f() })
}

const labelName = "bottest"

// leaked returns the stacks of the goroutines with a label, after some time for them to end.
func leaked(id string) []string {
	var stacks []string
	for rest := time.Millisecond; rest < time.Second; rest *= 2 {
		if stacks = labelledStacks(id); len(stacks) == 0 {
			return nil
		}
		time.Sleep(rest) // they end in real time
	}
	return stacks
}

func labelledStacks(id string) []string {
	var profile bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&profile, 1); err != nil {
		return []string{fmt.Sprintf("the goroutines cannot be listed: %v", err)}
	}
	mark := fmt.Sprintf("%q:%q", labelName, id)
	var stacks []string
	for _, stack := range strings.Split(profile.String(), "\n\n") {
		labels, _, _ := strings.Cut(strings.TrimPrefix(stack[strings.Index(stack, "\n")+1:], "# labels: "), "\n")
		// The idle connections of an http.Transport belong to all who share it.
		if strings.Contains(labels, mark) && !strings.Contains(stack, "net/http.(*persistConn)") {
			stacks = append(stacks, stack)
		}
	}
	return stacks
}
