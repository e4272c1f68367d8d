// Package hangup keeps SIGHUP from ending a program: tools send it to ask for a reload, and
// terminals when they close.
package hangup

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// Line is what a program logs on SIGHUP that has nothing to reload.
const Line = "SIGHUP is ignored: nothing is reloaded while the program runs; restart it to use a changed configuration"

// Each calls note for each SIGHUP, until stop is called. Where the signal was ignored at the
// start, as nohup does, it stays so.
func Each(note func()) (stop func()) {
	if signal.Ignored(syscall.SIGHUP) {
		return func() {}
	}
	signals, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, syscall.SIGHUP)
	var owned sync.WaitGroup
	owned.Go(func() {
		for {
			select {
			case <-signals:
				note()
			case <-done:
				return
			}
		}
	})
	return func() {
		signal.Stop(signals)
		close(done)
		owned.Wait()
	}
}
