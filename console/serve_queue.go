package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/hongyan-go/hongyan/internal/web"
)

func (c *Console) overviewPage(r *http.Request) (web.Page, error) {
	stream := c.stream(topicOverview)
	o, charts := c.overview(r.Context()), c.chartsData()
	o.Hour, o.Day, o.Load = charts.Hour, charts.Day, charts.Load
	if id := r.URL.Query().Get("login"); id != "" {
		if v, ok := c.loginPanel(id, true); ok {
			o.Login, stream = &v, c.stream(topicOverview+","+loginTopic(id, true))
		}
	}
	return web.Page{Name: "overview", Title: c.text(r, "nav.overview"), Nav: "overview", Stream: stream, Data: o}, nil
}

// stopAll is the kill switch, or the pause of an account.
func (c *Console) stopAll(r *http.Request) (done, error) {
	reason := field(r, "reason")
	return done{key: "flash.stopped", on: reason}, c.stop(r.Context(), "", reason)
}

func (c *Console) resumeAll(r *http.Request) (done, error) {
	return done{key: "flash.resumed"}, c.bot.Resume(r.Context(), "")
}

// queueView is the page of the queue.
type queueView struct {
	View     string      `json:"view"`
	Counts   queueCounts `json:"counts"`
	Groups   []group     `json:"groups"` // of all that match
	Items    []item      `json:"items"`  // a page of them, the latest first
	Match    int         `json:"match"`
	More     bool        `json:"more"`           // not all were read
	Next     string      `json:"next,omitempty"` // the before of the next page
	Upto     uint64      `json:"upto,string"`
	Query    queueQuery  `json:"-"`
	Filtered bool        `json:"filtered"`
	Accounts []string    `json:"-"`
	Sources  []string    `json:"-"`
}

// Tabs are the views and their numbers.
func (v queueView) Tabs() (tabs []tab) {
	for _, name := range views() {
		tabs = append(tabs, tab{name, v.Counts.of(name), name == v.View})
	}
	return tabs
}

// Actions are those of the view.
func (v queueView) Actions() []string { return actionsOf(v.View) }

// Bulk are the actions that several items may have at once.
func (v queueView) Bulk() (all []string) {
	for _, a := range actionsOf(v.View) {
		if bulk(v.View, a) {
			all = append(all, a)
		}
	}
	return all
}

// Preview is the page that says what an action will do to a group, or to all that match.
func (v queueView) Preview(action, group string) string {
	if group == "" {
		group = v.Query.Group
	}
	return link("queue/preview", "view", v.View, "action", action, "all", "1", "group", group, "account", v.Query.Account,
		"source", v.Query.Source, "q", v.Query.Words, "upto", strconv.FormatUint(v.Upto, 10))
}

// tab is a view with its number.
type tab struct {
	Name    string
	Count   int
	Current bool
}

// queryOf reads which items are meant.
func queryOf(values url.Values) queueQuery {
	q := queueQuery{
		View: values.Get("view"), Account: values.Get("account"), Source: values.Get("source"), Group: values.Get("group"),
		Words: strings.TrimSpace(values.Get("q")),
	}
	q.Before, _ = strconv.ParseUint(values.Get("before"), 10, 64) // 0 means none
	q.Upto, _ = strconv.ParseUint(values.Get("upto"), 10, 64)
	return q
}

func (c *Console) queuePage(r *http.Request) (web.Page, error) {
	ctx := r.Context()
	stream := c.stream(topicQueue)
	counts, err := c.counts(ctx)
	if err != nil {
		return web.Page{}, err
	}
	v := queueView{Counts: counts, Query: queryOf(r.URL.Query())}
	v.View = v.Query.View
	if !slices.Contains(views(), v.View) {
		v.View = viewUnknown
		for _, name := range []string{viewUnknown, viewHeld, viewDead, viewFailed, viewWaiting} {
			if counts.of(name) > 0 {
				v.View = name
				break
			}
		}
		v.Query.View = v.View
	}
	q, err := c.readQueue(ctx, v.View)
	if err != nil {
		return web.Page{}, err
	}
	v.More, v.Filtered = q.more, v.Query.filtered()
	all := v.Query
	all.Before = 0
	match := q.pick(all)
	v.Match, v.Groups = len(match), grouped(match, 0)
	v.Items = q.pick(v.Query)
	if len(q.items) > 0 {
		v.Upto = q.items[0].Seq
	}
	if len(v.Items) > queuePage {
		v.Items = v.Items[:queuePage]
		v.Next = strconv.FormatUint(v.Items[queuePage-1].Seq, 10)
	}
	v.Items = slices.Clone(v.Items)
	c.names(ctx).add(v.Items)
	for _, x := range q.items {
		if x.Account != "" && !slices.Contains(v.Accounts, x.Account) {
			v.Accounts = append(v.Accounts, x.Account)
		}
		if x.Source != "" && !slices.Contains(v.Sources, x.Source) && len(v.Sources) < 100 {
			v.Sources = append(v.Sources, x.Source)
		}
	}
	slices.Sort(v.Sources)
	return web.Page{Name: "queue", Title: c.text(r, "nav.queue"), Nav: "queue", Stream: stream, Data: v}, nil
}

// previewView says what an action will do.
type previewView struct {
	View   string   `json:"view"`
	Action string   `json:"action"`
	Count  int      `json:"count"`
	Chats  int      `json:"chats"`
	Items  []item   `json:"items"` // the first of them
	Refs   []string `json:"refs,omitempty"`
	All    bool     `json:"all"`
	Query  queueQuery
	Single bool `json:"single"`
	Danger bool `json:"danger"`
}

// chosen are the items that a request means, the latest first: those that it names, or all of the
// store that match.
func (c *Console) chosen(r *http.Request, values url.Values) ([]item, error) {
	query := queryOf(values)
	if view := r.PathValue("view"); view != "" {
		query.View = view
	}
	if !slices.Contains(views(), query.View) {
		return nil, errAction
	}
	refs := values["ref"]
	if values.Get("all") != "" {
		c.stale()
		q, err := c.readQueue(r.Context(), query.View)
		if err != nil {
			return nil, err
		}
		return q.pick(query), nil
	}
	if len(refs) == 0 {
		return nil, errNothing
	}
	var all []item
	for _, ref := range refs {
		x, err := c.itemOf(r, query.View, ref)
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, nil
}

// itemOf is the item of a view with a number or a key.
func (c *Console) itemOf(r *http.Request, view, ref string) (item, error) {
	if view == viewDead {
		seq, err := strconv.ParseUint(ref, 10, 64)
		if err != nil {
			return item{}, errNone
		}
		d, err := c.letter(r.Context(), seq)
		if err != nil {
			return item{}, err
		}
		return itemOfDead(d), nil
	}
	s, err := c.back.Ledger().Get(r.Context(), ref)
	if err != nil {
		return item{}, errNone
	}
	if viewOf(s.State) != view {
		return item{}, errAction
	}
	return itemOfSend(s, view), nil
}

func (c *Console) previewPage(r *http.Request) (web.Page, error) {
	values := r.URL.Query()
	items, err := c.chosen(r, values)
	if err != nil {
		return web.Page{}, err
	}
	v := previewView{
		View: values.Get("view"), Action: values.Get("action"), Count: len(items), All: values.Get("all") != "", Query: queryOf(values),
		Refs: values["ref"], Single: len(items) == 1, Danger: values.Get("action") == doDrop || values.Get("action") == doResend,
	}
	if !slices.Contains(actionsOf(v.View), v.Action) {
		return web.Page{}, errAction
	}
	chats := map[string]bool{}
	for _, x := range items {
		chats[x.lane] = true
	}
	v.Chats = len(chats)
	if len(items) > 1 && !bulk(v.View, v.Action) {
		return web.Page{}, errAction
	}
	const most = 20
	v.Items = slices.Clone(items[:min(most, len(items))])
	c.names(r.Context()).add(v.Items)
	return web.Page{Name: "preview", Title: c.text(r, "preview."+v.Action), Nav: "queue", Data: v}, nil
}

// queueAction does an action to an item, or begins it for many.
func (c *Console) queueAction(r *http.Request) (done, error) {
	view, action := r.PathValue("view"), r.PathValue("action")
	d := done{on: view + " " + action}
	if !slices.Contains(actionsOf(view), action) {
		return d, errAction
	}
	items, err := c.chosen(r, r.PostForm)
	if err != nil {
		return d, err
	}
	switch {
	case len(items) == 0:
		return d, errNothing
	case len(items) > 1 && !bulk(view, action):
		return d, errAction
	case len(items) > 1:
		id := c.begin(view, action, items) //nolint:contextcheck // it goes on in the background
		d.on += " " + strconv.Itoa(len(items))
		d.place, d.data = root+"works/"+id, map[string]string{"work": id}
		return d, nil
	}
	d.on += " " + items[0].Ref()
	d.key = "flash." + action
	if err := c.do(r.Context(), view, action, items[0]); err != nil {
		return d, err
	}
	if back := field(r, "back"); back == "" || strings.HasPrefix(back, root+"dead/") {
		d.place = link("queue", "view", view)
	}
	return d, nil
}

func (c *Console) workPage(r *http.Request) (web.Page, error) {
	stream := c.stream(topicWork + "/" + r.PathValue("id"))
	w, ok := c.workOf(r.PathValue("id"))
	if !ok {
		return web.Page{}, errNone
	}
	return web.Page{Name: "work", Title: c.text(r, "work.title"), Nav: "queue", Stream: stream, Data: w}, nil
}

func (c *Console) deadPage(r *http.Request) (web.Page, error) {
	seq, err := strconv.ParseUint(r.PathValue("seq"), 10, 64)
	if err != nil {
		return web.Page{}, errNone
	}
	d, err := c.deadDetail(r.Context(), seq, c.wantsText(r, "dead "+r.PathValue("seq")))
	if err != nil {
		return web.Page{}, err
	}
	return web.Page{Name: "item", Title: c.text(r, "item.dead", r.PathValue("seq")), Nav: "queue", Data: d}, nil
}

func (c *Console) sendPage(r *http.Request) (web.Page, error) {
	d, err := c.sendDetail(r.Context(), r.PathValue("key"), c.wantsText(r, "send "+r.PathValue("key")))
	if err != nil {
		return web.Page{}, err
	}
	return web.Page{Name: "item", Title: c.text(r, "item.send"), Nav: "queue", Data: d}, nil
}

func (c *Console) eventPage(r *http.Request) (web.Page, error) {
	d, err := c.eventOf(r.Context(), r.PathValue("key"), c.wantsText(r, "event "+r.PathValue("key")))
	if err != nil {
		return web.Page{}, err
	}
	return web.Page{Name: "item", Title: c.text(r, "item.event"), Nav: "chats", Data: d}, nil
}
