package monitor

import (
	"net/http"
	"strconv"
	"time"
)

// Transport wraps the transport of the API client and times each call.
func (m *Metrics) Transport(next http.RoundTripper) http.RoundTripper { return &timed{m, next} }

type timed struct {
	metrics *Metrics
	next    http.RoundTripper
}

// RoundTrip implements http.RoundTripper. It measures the time until the header of the response.
func (t *timed) RoundTrip(r *http.Request) (*http.Response, error) {
	start := time.Now()
	response, err := t.next.RoundTrip(r)
	status := 0
	if err == nil {
		status = response.StatusCode
	}
	t.metrics.call.WithLabelValues(endpointOf(r), strconv.Itoa(status)).Observe(time.Since(start).Seconds())
	return response, err
}

// CloseIdleConnections passes on http.Client.CloseIdleConnections.
func (t *timed) CloseIdleConnections() { closeIdle(t.next) }

func closeIdle(t http.RoundTripper) {
	if c, ok := t.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
