package console

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/web"
)

// register registers all paths. docs/en/console.md lists them.
func (c *Console) register(p pages) {
	get := func(path string, page func(*http.Request) (web.Page, error)) {
		p.mux.HandleFunc("GET "+root+path, c.show(page))
	}
	post := func(path, what string, do func(*http.Request) (done, error)) {
		p.mux.HandleFunc("POST "+root+path, c.act(what, do))
	}

	p.mux.Handle("GET "+root+"static/", p.site.Static())
	p.mux.HandleFunc("POST "+root+"prefs", p.site.Prefs)
	p.mux.HandleFunc("GET "+root+"login", c.loginPage)
	p.mux.HandleFunc("POST "+root+"login", c.enter)
	p.mux.HandleFunc("POST "+root+"login/code", c.newCode)
	p.mux.HandleFunc("POST "+root+"logout", c.inside(c.logout))
	p.mux.HandleFunc("GET "+root+"stream", c.inside(func(w http.ResponseWriter, r *http.Request) { p.site.Stream(p.hub, w, r) }))
	p.mux.HandleFunc(root, c.inside(func(w http.ResponseWriter, r *http.Request) { c.refuse(w, r, http.StatusNotFound, errNone) }))

	get("{$}", c.overviewPage)
	post("stop", "stop", c.stopAll)
	post("resume", "resume", c.resumeAll)

	get("accounts", c.accountsPage)
	get("accounts/{app_id}", c.accountPage)
	p.mux.HandleFunc("GET "+root+"accounts/{app_id}/code.png", c.inside(c.codePicture))
	post("accounts/{app_id}/{action}", "account", c.accountAction)

	get("chats", c.chatsPage)
	get("chats/{account}/{chat}", c.chatPage)
	post("chats/{account}/{chat}/{action}", "chat", c.chatAction)

	get("history", c.historyPage)

	get("queue", c.queuePage)
	get("queue/preview", c.previewPage)
	post("queue/{view}/{action}", "queue", c.queueAction)
	get("works/{id}", c.workPage)
	get("dead/{seq}", c.deadPage)
	get("sends/{key}", c.sendPage)
	get("events/{key}", c.eventPage)

	get("rules", c.rulesPage)
	get("rules/{name}", c.rulePage)
	get("plugins", c.pluginsPage)
	get("plugins/{name}", c.pluginPage)
	post("plugins/{name}/{action}", "plugin", c.pluginAction)
	get("explain", c.explainPage)
	get("tasks", c.tasksPage)
	post("tasks/{action}", "task", c.taskAction)
	post("schedules/{action}", "schedule", c.scheduleAction)
	get("log", c.logPage)
	p.mux.HandleFunc("GET "+root+"log.txt", c.inside(c.logText))
	get("doctor", c.doctorPage)
	get("gateway", c.gatewayPage)
	get("about", c.aboutPage)
	post("backup", "backup", c.backup)
	post("reload", "reload", c.reload)

	get("file", c.filePage)
	post("file", "file", c.fileAction)
}

// funcs are the functions of the templates.
func funcs() template.FuncMap {
	return template.FuncMap{
		"esc":   escape,
		"secs":  func(s float64) string { return web.Span(time.Duration(s * float64(time.Second))) },
		"mark":  mark,
		"has":   slices.Contains[[]string],
		"join":  strings.Join,
		"link":  link,
		"chart": chart, "queuechart": queueChart, "lagchart": lagChart,
	}
}

// mark is the sign of a state, which tells it without its colour.
func mark(state string) string {
	switch state {
	case "ok", "sent", "online", "on", "done":
		return "✓"
	case "bad", "refused", "expired", "offline", "zombie", "dead", "failed", "error":
		return "✕"
	case "unknown":
		return "?"
	case "held":
		return "‖"
	case "queued", "sending", "wait", "warn", "retry":
		return "…"
	}
	return "–"
}

// link is a path below the console with parameters: link "queue" "view" "dead". Empty ones are left
// out.
func link(path string, pairs ...string) string {
	query := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	if len(query) == 0 {
		return root + path
	}
	return root + path + "?" + query.Encode()
}

// loginPage asks for the password or the code.
func (c *Console) loginPage(w http.ResponseWriter, r *http.Request) {
	if err := c.access.check(r); err != nil {
		c.refuse(w, r, http.StatusForbidden, err)
		return
	}
	if c.access.of(r) != nil {
		http.Redirect(w, r, c.pages.site.Back(r.URL.Query().Get("back")), http.StatusSeeOther) //nolint:gosec // Back checks it
		return
	}
	c.askIn(w, r, http.StatusOK, "", r.URL.Query().Get("back"), r.URL.Query().Get("code"))
}

func (c *Console) askIn(w http.ResponseWriter, r *http.Request, status int, wrong, back, code string) {
	c.render(w, r, web.Page{Name: "login", Title: c.text(r, "login.title"), Status: status, Data: map[string]any{
		"Code": code, "Codes": c.access.hasCodes(), "Password": c.config.Password != "", "Back": back, "Wrong": wrong,
		"Printed": r.URL.Query().Get("printed") != "",
	}})
}

// enter lets a person in.
func (c *Console) enter(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	if err := readForm(r); err != nil {
		c.refuse(w, r, http.StatusBadRequest, err)
		return
	}
	err := c.access.check(r)
	id := ""
	if err == nil {
		id, err = c.access.enter(r, r.PostForm.Get("secret"))
	}
	if err != nil {
		c.note(r, "nobody", "login", "", err)
		status := http.StatusForbidden
		if err == errTooMany { //nolint:errorlint // it is returned as it is
			status = http.StatusTooManyRequests
			w.Header().Set("Retry-After", "60")
		}
		c.askIn(w, r, status, c.told(r, err), r.PostForm.Get("back"), "")
		return
	}
	c.note(r, "person", "login", "", nil)
	http.SetCookie(w, cookie(r, id))
	http.Redirect(w, r, c.pages.site.Back(r.PostForm.Get("back")), http.StatusSeeOther) //nolint:gosec // Back checks it
}

// newCode prints a new code where the bot runs.
func (c *Console) newCode(w http.ResponseWriter, r *http.Request) {
	err := c.access.check(r)
	if err == nil && !c.access.mayPrint(r) {
		err = errTooMany
	}
	if err != nil || !c.access.hasCodes() {
		c.askIn(w, r, http.StatusForbidden, c.told(r, orElse(err, errWrong)), "", "")
		return
	}
	c.note(r, "nobody", "code", "", nil)
	c.config.Print(c.access.invitation())
	http.Redirect(w, r, root+"login?printed=1", http.StatusSeeOther)
}

func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// logout ends the session.
func (c *Console) logout(w http.ResponseWriter, r *http.Request) {
	c.access.leave(r)
	c.note(r, sessionOf(r).who, "logout", "", nil)
	http.SetCookie(w, cookie(r, ""))
	http.Redirect(w, r, root+"login", http.StatusSeeOther)
}
