package monitor

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Admin returns the HTTP handler for the operator. Its listener must not be public.
//
//	/livez         200 if the loops of the process are alive; 503 with their names if not
//	/readyz        200 or 503 with a Report as JSON; with ?accounts=false, neither accounts
//	               that do not work nor a service that does not reach the bot are reasons
//	/metrics       for Prometheus
//	/debug/pprof/  profiles of the Go runtime
func (m *Monitor) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", index)
	mux.HandleFunc("GET /livez", m.livez)
	mux.HandleFunc("GET /readyz", m.readyz)
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.config.Metrics.registry, promhttp.HandlerOpts{
		MaxRequestsInFlight: 4, Timeout: 10 * time.Second, Registry: m.config.Metrics.registry,
	}))
	mux.HandleFunc("GET /debug/pprof/{profile...}", profile)
	return mux
}

// index lists the paths.
func index(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintln(w, "/livez\n/readyz\n/metrics\n/debug/pprof/")
}

func (m *Monitor) livez(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if dead := m.Dead(); len(dead) > 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, "no sign of life from: "+strings.Join(dead, ", "))
		return
	}
	fmt.Fprintln(w, "alive")
}

func (m *Monitor) readyz(w http.ResponseWriter, r *http.Request) {
	report := m.Ready(r.Context())
	ready := report.Ready
	if r.URL.Query().Get("accounts") == "false" {
		ready = report.withoutAccounts()
	}
	w.Header().Set("Content-Type", "application/json")
	if !ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	_ = enc.Encode(report) // the client has gone
}
