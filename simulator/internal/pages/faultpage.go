package pages

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/web"
	"github.com/hongyan-go/hongyan/simulator/internal/faults"
)

// faultsInForce returns how many faults are not used up.
func (p *Pages) faultsInForce() int {
	n := 0
	for _, f := range p.Faults.All() {
		if f.Hits < f.Count {
			n++
		}
	}
	return n
}

// faultCount is the number at the entry of the navigation.
func (p *Pages) faultCount() string {
	if n := p.faultsInForce(); n > 0 {
		return strconv.Itoa(n)
	}
	return ""
}

// recipe is a fault that one click orders.
type recipe struct {
	ID    string // of its texts
	Fault faults.Fault
}

// Recipes are the faults that are most instructive, those of calls first.
func recipes() []recipe {
	return []recipe{
		{"refuse", faults.Fault{Endpoint: faults.AllCalls, Kind: faults.Refuse}},
		{"lost", faults.Fault{Endpoint: faults.AllCalls, Kind: faults.ExecuteThenDrop}},
		{"timeout", faults.Fault{Endpoint: faults.AllCalls, Kind: faults.Slow, Delay: 20 * time.Second}},
		{"slow", faults.Fault{Endpoint: faults.AllCalls, Kind: faults.Slow, Delay: 2 * time.Second, Count: 10}},
		{"down", faults.Fault{Endpoint: faults.AllCalls, Kind: faults.HTTP502, Count: 3}},
		{"zombie", faults.Fault{Endpoint: faults.AllCalls, Kind: faults.Zombie}},
		{"offline", faults.Fault{Endpoint: faults.Callbacks, Kind: faults.Offline}},
		{"twice", faults.Fault{Endpoint: faults.Callbacks, Kind: faults.Duplicate}},
		{"late", faults.Fault{Endpoint: faults.Callbacks, Kind: faults.Delay, Delay: 10 * time.Second}},
		{"swapped", faults.Fault{Endpoint: faults.Callbacks, Kind: faults.Reorder}},
		{"never", faults.Fault{Endpoint: faults.Callbacks, Kind: faults.Drop}},
	}
}

// faultRow is a fault in the table.
type faultRow struct {
	faults.State
	Done     bool
	Unending bool
}

type faultsView struct {
	Recipes  []recipe
	Faults   []faultRow
	Kinds    []string
	Virtual  bool
	Now      time.Time
	Accounts []accountLink
	Curl     string
}

// unending is a count that stands for "until it is cleared".
const unending = 1_000_000

// faultsPage is GET /faults.
func (p *Pages) faultsPage(w http.ResponseWriter, r *http.Request) {
	v := faultsView{
		Recipes: recipes(), Virtual: p.Advance != nil, Now: p.World.Clock.Now(), Accounts: p.header("").Accounts,
		Kinds: []string{
			faults.Refuse, faults.HTTP500, faults.HTTP502, faults.Slow, faults.SlowBody, faults.DropBefore, faults.ExecuteThenDrop,
			faults.Offline, faults.Zombie, faults.Empty, faults.Drop, faults.Duplicate, faults.Delay, faults.Reorder,
		},
		Curl: "curl " + p.root() + `/sim/faults -d '{"endpoint":"/message/postText","fault":"refuse","count":2}'`,
	}
	stream := p.stream("faulttable")
	v.Faults = p.faultRows()
	p.render(w, r, "", web.Page{Name: "faults", Title: p.texts(r).T("nav.faults"), Nav: "faults", Data: v, Stream: stream})
}

// faultRows returns the table of the faults.
func (p *Pages) faultRows() (rows []faultRow) {
	for _, f := range p.Faults.All() {
		rows = append(rows, faultRow{f, f.Hits >= f.Count, f.Count > unending})
	}
	return rows
}

// publishFaults publishes the faults and their hits: the table, and how many are in force.
func (p *Pages) publishFaults() {
	p.hub.Publish(web.Change{Topic: "faulttable", Key: "table", Render: func(l lang.Lang) string {
		return p.changeOf(l, "faults", "faultschange", p.faultRows())
	}})
	p.hub.Publish(web.Change{Topic: "faults", Key: "count", Render: func(l lang.Lang) string {
		return p.changeOf(l, "faults", "faultbarchange", p.faultsInForce())
	}})
}

// removeFault is POST /faults/remove, as DELETE /sim/faults/{id}.
func (p *Pages) removeFault(w http.ResponseWriter, r *http.Request) {
	p.Faults.Remove(int(number(r, "id")))                                      // one that is gone already is removed as well
	http.Redirect(w, r, p.site.Back(r.FormValue("back")), http.StatusSeeOther) //nolint:gosec // Back stays on this site
}

// root returns the URL of the simulator.
func (p *Pages) root() string { return strings.TrimSuffix(p.BaseURL(), "/finder/v2/api") }

// addFault is POST /faults: a recipe, or a fault as POST /sim/faults takes it.
func (p *Pages) addFault(w http.ResponseWriter, r *http.Request) {
	f, err := faultOf(r)
	if err == nil {
		f.Fill()
		_, err = p.Faults.Add([]faults.Fault{f})
	}
	if err != nil {
		p.fail(w, r, http.StatusUnprocessableEntity, err)
		return
	}
	http.Redirect(w, r, p.site.Back(r.FormValue("back")), http.StatusSeeOther) //nolint:gosec // Back stays on this site
}

func faultOf(r *http.Request) (faults.Fault, error) {
	if id := r.FormValue("recipe"); id != "" {
		for _, known := range recipes() {
			if known.ID == id {
				return known.Fault, nil
			}
		}
		return faults.Fault{}, fmt.Errorf("there is no recipe %q", id)
	}
	f := faults.Fault{
		Endpoint: strings.TrimSpace(r.FormValue("endpoint")), Kind: r.FormValue("fault"), AppID: r.FormValue("app_id"),
		Count: int(min(number(r, "count"), unending)),
	}
	if delay := strings.TrimSpace(r.FormValue("delay")); delay != "" {
		d, err := time.ParseDuration(delay)
		if err != nil {
			return f, fmt.Errorf("the delay %q is not a time such as 2s or 500ms", delay)
		}
		f.Delay = d
	}
	if percent := strings.TrimSpace(r.FormValue("percent")); percent != "" {
		n, err := strconv.ParseFloat(percent, 64)
		if err != nil || n <= 0 || n > 100 {
			return f, errors.New("the probability is a number of percent from 1 to 100")
		}
		f.Probability = n / 100
	}
	return f, nil
}

// clearFaults is POST /faults/clear.
func (p *Pages) clearFaults(w http.ResponseWriter, r *http.Request) {
	p.Faults.Clear()
	http.Redirect(w, r, p.site.Back(r.FormValue("back")), http.StatusSeeOther) //nolint:gosec // Back stays on this site
}

// maxMove bounds how far one click moves the clock.
const maxMove = 8 * 24 * time.Hour

// moveClock is POST /clock: the virtual clock is set ahead.
func (p *Pages) moveClock(w http.ResponseWriter, r *http.Request) {
	d, err := time.ParseDuration(r.FormValue("by"))
	switch {
	case p.Advance == nil:
		err = errors.New(p.texts(r).T("clock.real"))
	case err != nil || d <= 0 || d > maxMove:
		err = errors.New("the clock is set ahead by a time such as 1h, of at most eight days")
	default:
		err = p.Advance(r.Context(), d)
	}
	if err != nil {
		p.fail(w, r, http.StatusUnprocessableEntity, err)
		return
	}
	http.Redirect(w, r, p.site.Back(r.FormValue("back")), http.StatusSeeOther) //nolint:gosec // Back stays on this site
}
