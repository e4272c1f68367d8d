package main

import (
	"context"
	"os/exec"
	"runtime"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// openBrowser shows a page in the browser of the desktop.
func openBrowser(ctx context.Context, url string) error {
	commands := map[string][]string{"darwin": {"open"}, "windows": {"rundll32", "url.dll,FileProtocolHandler"}}
	command, ok := commands[runtime.GOOS]
	if !ok {
		command = []string{"xdg-open"}
	}
	program, err := exec.LookPath(command[0])
	if err != nil {
		return phrase.Errorf("no program opens a browser here: open %s yourself", url)
	}
	return exec.CommandContext(context.WithoutCancel(ctx), program, append(command[1:], url)...).Run() //nolint:gosec // our own URL
}

// show opens a page, or says why it cannot.
func (c console) show(url string) {
	if err := openBrowser(c.ctx, url); err != nil {
		c.fail(err)
	}
}
