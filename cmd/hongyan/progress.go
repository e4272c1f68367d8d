package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-runewidth"
	"golang.org/x/term"
)

// screen is a terminal that lines can be redrawn on.
type screen struct {
	to    io.Writer
	width func() int // in columns, now; 0 means unknown
}

// screenOf is the terminal that a file is; nil for what is not one.
func screenOf(f *os.File) *screen {
	fd := int(f.Fd())
	if !term.IsTerminal(fd) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return &screen{to: f, width: func() int {
		width, _, err := term.GetSize(fd)
		if err != nil {
			return 0
		}
		return width
	}}
}

const (
	progressAfter = 500 * time.Millisecond // work that is done sooner shows none
	progressEvery = 200 * time.Millisecond
	progressBar   = 24 // columns
)

// progress draws a line about long work on the terminal until stop is called, which clears it. done
// and total count what unit writes; a total of 0 is unknown. Without a terminal, nothing is drawn.
func (c console) progress(what string, unit func(int64) string, done, total func() int64) (stop func()) {
	if c.screen == nil {
		return func() {}
	}
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		began, drawn := time.Now(), false
		wait := time.NewTimer(progressAfter)
		defer wait.Stop()
		for {
			select {
			case <-end:
				if drawn {
					_, _ = fmt.Fprint(c.screen.to, "\r\x1b[K")
				}
				return
			case <-wait.C:
				wait.Reset(progressEvery)
			}
			line := progressLine(what, unit, done(), total(), time.Since(began))
			if width := c.screen.width(); width > 0 {
				line = runewidth.Truncate(line, width-1, "")
			}
			_, _ = fmt.Fprintf(c.screen.to, "\r%s\x1b[K", line)
			drawn = true
		}
	}()
	return sync.OnceFunc(func() { close(end); <-ended })
}

// progressLine is a bar, the share, the amounts and the time so far.
func progressLine(what string, unit func(int64) string, done, total int64, took time.Duration) string {
	clock := fmt.Sprintf("%d:%02d", int(took.Minutes()), int(took.Seconds())%60)
	if total <= 0 {
		return fmt.Sprintf("%s  %s  %s", what, unit(done), clock)
	}
	done = min(done, total)
	full := int(progressBar * done / total)
	bar := strings.Repeat("#", full) + strings.Repeat(".", progressBar-full)
	return fmt.Sprintf("%s  [%s] %3d%%  %s / %s  %s", what, bar, 100*done/total, unit(done), unit(total), clock)
}

// megabytes and count are units of progress.
func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
func count(n int64) string     { return strconv.FormatInt(n, 10) }

// sizeOf is the size of files together; those that do not exist have none.
func sizeOf(paths ...string) func() int64 {
	return func() int64 {
		var sum int64
		for _, path := range paths {
			if info, err := os.Stat(path); err == nil {
				sum += info.Size()
			}
		}
		return sum
	}
}
