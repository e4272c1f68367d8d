package pages

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/hongyan-go/hongyan/internal/web"
	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
)

type callsView struct {
	Calls             []callView
	Endpoint, Outcome string
	Account           string
	Open              int64
	Older             string
	Filtered          bool
	Accounts          []accountLink
}

// callsPage is GET /calls?endpoint=&outcome=&account=&before=: the calls, newest first.
func (p *Pages) callsPage(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	v := callsView{
		Endpoint: strings.TrimSpace(q.Get("endpoint")), Outcome: q.Get("outcome"), Account: q.Get("account"), Open: number(r, "call"),
		Accounts: p.header(q.Get("account")).Accounts,
	}
	v.Filtered = v.Endpoint != "" || v.Outcome != "" || v.Account != ""
	p.World.Lock()
	from := p.API.LastCall()
	if before := number(r, "before"); before > 0 {
		from = min(from, before-1)
	}
	for seq := from; seq > 0; seq-- {
		c, ok := p.API.Call(seq)
		if !ok {
			break
		}
		if !v.shows(c) {
			continue
		}
		if len(v.Calls) == pageOf {
			q.Set("before", strconv.FormatInt(seq+1, 10))
			v.Older = "/calls?" + q.Encode()
			break
		}
		v.Calls = append(v.Calls, p.callView(c))
	}
	p.World.Unlock()
	p.render(w, r, v.Account, web.Page{Name: "calls", Title: p.texts(r).T("nav.calls"), Nav: "calls", Data: v})
}

// shows reports whether a call passes the filter.
func (v *callsView) shows(c endpoint.Call) bool {
	ok := c.Executed && c.Ret == http.StatusOK
	switch {
	case v.Endpoint != "" && !strings.Contains(c.Endpoint, v.Endpoint):
		return false
	case v.Account != "" && appOf(c) != v.Account:
		return false
	case v.Outcome == "ok":
		return ok
	case v.Outcome == "failed":
		return !ok
	}
	return true
}
