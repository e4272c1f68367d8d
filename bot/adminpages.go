package bot

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Admin serves the paths below prefix, such as "/console/", on the listener for the operator, for
// as long as the plugin is installed. That listener asks for no secret, and can be reached by all
// programs of the machine: the handler guards itself. There may be no such listener; see
// Config.Admin.
func (h *Handle) Admin(prefix string, handler http.Handler) {
	h.gates = append(h.gates, h.bot.adminPages.add(prefix, handler))
}

// adminPages are the handlers of plugins on the admin listener. The zero value is empty.
type adminPages struct {
	changing sync.Mutex
	all      atomic.Pointer[[]adminPage] // never changed, only replaced; the latest last
}

type adminPage struct {
	prefix  string
	handler http.Handler
	id      *byte
}

func (ps *adminPages) list() []adminPage {
	if all := ps.all.Load(); all != nil {
		return *all
	}
	return nil
}

func (ps *adminPages) add(prefix string, handler http.Handler) (remove func()) {
	id := new(byte)
	ps.changing.Lock()
	defer ps.changing.Unlock()
	list := slices.Concat(ps.list(), []adminPage{{prefix, handler, id}})
	ps.all.Store(&list)
	return func() {
		ps.changing.Lock()
		defer ps.changing.Unlock()
		var left []adminPage
		for _, p := range ps.list() {
			if p.id != id {
				left = append(left, p)
			}
		}
		ps.all.Store(&left)
	}
}

// beside serves the pages, and what else is asked for by next. Of two handlers of one prefix the
// first serves until it is taken out.
func (ps *adminPages) beside(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, p := range ps.list() {
			if strings.HasPrefix(r.URL.Path, p.prefix) || r.URL.Path+"/" == p.prefix {
				p.handler.ServeHTTP(w, r)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
