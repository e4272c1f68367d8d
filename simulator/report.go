package simulator

import (
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/hongyan-go/hongyan/internal/localhttp"
	"github.com/hongyan-go/hongyan/simulator/internal/delivery"
	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
	"github.com/hongyan-go/hongyan/simulator/internal/trace"
)

// posted notes an attempt to post a callback, for the chat page.
func (s *Simulator) posted(key delivery.Conversation, d *delivery.Callback, began time.Time, err error) {
	p := trace.Post{At: began, Took: s.config.Clock.Now().Sub(began)}
	if err != nil {
		p.Error = err.Error()
	}
	s.traces.Posted(key.AppID, d.NewMsgID, d.Body, p)
}

// The bounds of a report.
const (
	maxRules    = 10_000
	maxReported = 1000
)

// postReports is POST /sim/reports: what a bot made of an event. Only programs on this machine may
// report.
func (s *Simulator) postReports(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || !localhttp.Loopback(host) {
		fail(w, http.StatusForbidden, errors.New("reports are taken from this machine only"))
		return
	}
	var report trace.Report
	err = readJSON(w, r, &report)
	switch {
	case err != nil:
	case !s.config.Reports:
		err = errors.New("this simulator takes no reports; see Config.Reports")
	case report.AppID == "" || report.NewMsgID == 0:
		err = errors.New(`a report needs "app_id" and "new_msg_id"`)
	case len(report.Rules) > maxRules:
		err = errors.New("the report has too many rules")
	}
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	if len(report.Error) > maxReported {
		report.Error = report.Error[:maxReported] + "…"
	}
	s.traces.Reported(&report, s.config.Clock.Now())
	endpoint.WriteJSON(w, http.StatusOK, struct {
		OK bool `json:"ok"`
	}{true})
}
