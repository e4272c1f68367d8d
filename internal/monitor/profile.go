package monitor

import (
	"fmt"
	"net/http"
	"runtime/pprof"
	"runtime/trace"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/internal/wait"
)

// maxProfile bounds the duration of a profile.
const maxProfile = 2 * time.Minute

// profile serves the profiles of the runtime for `go tool pprof`. Package net/http/pprof would also
// register itself with http.DefaultServeMux, which may be public in the user's program.
func profile(w http.ResponseWriter, r *http.Request) {
	switch name := r.PathValue("profile"); name {
	case "":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		for _, p := range pprof.Profiles() {
			fmt.Fprintf(w, "/debug/pprof/%s?debug=1 (%d)\n", p.Name(), p.Count())
		}
		fmt.Fprintln(w, "/debug/pprof/profile?seconds=30\n/debug/pprof/trace?seconds=1")
	case "profile":
		takeProfile(w, r, 30*time.Second, func() error { return pprof.StartCPUProfile(w) }, pprof.StopCPUProfile)
	case "trace":
		takeProfile(w, r, time.Second, func() error { return trace.Start(w) }, trace.Stop)
	default:
		p := pprof.Lookup(name)
		if p == nil {
			http.Error(w, "there is no such profile; /debug/pprof/ lists them", http.StatusNotFound)
			return
		}
		debug, _ := strconv.Atoi(r.FormValue("debug")) // 0: what pprof reads
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if debug == 0 {
			w.Header().Set("Content-Type", "application/octet-stream")
		}
		_ = p.WriteTo(w, debug) // the client has gone
	}
}

// takeProfile takes a profile for a time.
func takeProfile(w http.ResponseWriter, r *http.Request, usual time.Duration, start func() error, stop func()) {
	d := usual
	if s, err := strconv.ParseFloat(r.FormValue("seconds"), 64); err == nil && s > 0 {
		d = min(time.Duration(s*float64(time.Second)), maxProfile)
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if err := start(); err != nil {
		http.Error(w, "somebody else is taking a profile: try again later", http.StatusConflict)
		return
	}
	defer stop()
	wait.For(r.Context(), nil, d)
}
