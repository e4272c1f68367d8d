package router

// DryRun makes a rehearsal of the route: its handler runs, and its sends go through everything but
// the last step. They are noted in the ledger, counted and logged, and not sent. The handler gets
// what it gets for a send that waits: no error, and no ids.
func (r *Route) DryRun() *Route {
	r.group.router.mu.Lock()
	defer r.group.router.mu.Unlock()
	r.dry = true
	r.group.router.table.Store(nil)
	return r
}

// DryRun makes a rehearsal of all routes of the group and of the groups in it, or ends it.
func (g *Group) DryRun(on bool) {
	g.router.mu.Lock()
	defer g.router.mu.Unlock()
	g.dry = on
	g.router.table.Store(nil)
}

// IsDry reports whether the route of a name is a rehearsal, by itself or by its groups.
func (r *Router) IsDry(route string) bool { return r.compiled().dry[route] }

// isDry reports whether a route is a rehearsal.
func (r *Route) isDry() bool {
	dry := r.dry
	for g := r.group; g != nil; g = g.parent {
		dry = dry || g.dry
	}
	return dry
}
