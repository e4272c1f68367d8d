package console

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/task"
	"github.com/hongyan-go/hongyan/internal/web"
)

// taskPage is how many tasks are on a page, logPage how many lines of the log.
const (
	taskPage = 100
	logPage  = 500
)

// taskLine is a task in the list.
type taskLine struct {
	Name    string    `json:"name"`
	Key     string    `json:"key"`
	State   string    `json:"state"` // later, due or plugin: it waits for its plugin
	Due     time.Time `json:"due"`
	Account string    `json:"account,omitempty"`
	Chat    string    `json:"chat,omitempty"`
	ChatIs  string    `json:"chat_name,omitempty"`
	Bytes   int       `json:"bytes"`
}

// tasksView is the page of tasks and schedules.
type tasksView struct {
	View      string                `json:"view"`
	Tasks     []taskLine            `json:"tasks"`
	Next      string                `json:"next,omitempty"`
	Schedules []bot.PlannedSchedule `json:"schedules"`
	Now       time.Time             `json:"now"`
}

// Tabs are the views.
func (v tasksView) Tabs() (tabs []tab) {
	for _, name := range []string{"tasks", "schedules"} {
		tabs = append(tabs, tab{Name: name, Current: name == v.View})
	}
	return tabs
}

func (c *Console) tasks() *task.Tasks {
	return &task.Tasks{State: c.back.State(), Inbox: c.back.Inbox(), Clock: c.nowClock()}
}

func (c *Console) tasksPage(r *http.Request) (web.Page, error) {
	ctx, cancel := context.WithTimeout(r.Context(), storeTime)
	defer cancel()
	v := tasksView{View: r.URL.Query().Get("view"), Now: c.h.Now(), Tasks: []taskLine{}}
	if v.View != "schedules" {
		v.View = "tasks"
	}
	list, next, err := c.tasks().List(ctx, r.URL.Query().Get("after"), taskPage)
	if err != nil {
		return web.Page{}, fmt.Errorf("console: %w", err)
	}
	found := c.names(ctx)
	for _, x := range list {
		line := taskLine{
			Name: x.Name, Key: x.Key, State: "later", Due: x.Due, Account: x.Account, Chat: x.Conversation, Bytes: x.Bytes,
			ChatIs: found.chat(x.Account, x.Conversation),
		}
		switch {
		case x.Parked:
			line.State = "plugin"
		case !x.Due.After(v.Now):
			line.State = "due"
		}
		v.Tasks = append(v.Tasks, line)
	}
	slices.SortStableFunc(v.Tasks, func(a, b taskLine) int { return a.Due.Compare(b.Due) })
	v.Next = next
	if v.Schedules, err = c.bot.Schedules(ctx); err != nil {
		return web.Page{}, err
	}
	return web.Page{Name: "tasks", Title: c.text(r, "nav.tasks"), Nav: "tasks", Data: v}, nil
}

// taskAction has a task done now, or takes it away.
func (c *Console) taskAction(r *http.Request) (done, error) {
	name, key, action, ctx := r.PostForm.Get("name"), r.PostForm.Get("key"), r.PathValue("action"), r.Context()
	d := done{on: name + " " + key + " " + action, key: "flash.task." + action}
	var found bool
	var err error
	switch action {
	case "run":
		found, err = c.tasks().RunNow(ctx, name, key)
	case "cancel":
		var parked bool
		if found, err = c.tasks().Cancel(ctx, name, key); err == nil {
			parked, err = c.tasks().CancelParked(ctx, name, key)
		}
		found = found || parked
	default:
		return d, errAction
	}
	if err == nil && !found {
		err = errNone
	}
	return d, err
}

// scheduleAction runs a schedule once now, pauses it, or resumes it.
func (c *Console) scheduleAction(r *http.Request) (done, error) {
	name, action, ctx := r.PostForm.Get("name"), r.PathValue("action"), r.Context()
	d := done{on: name + " " + action, key: "flash.schedule." + action, args: []any{name}, place: link("tasks", "view", "schedules")}
	all, err := c.bot.Schedules(ctx)
	if err != nil {
		return d, err
	}
	i := slices.IndexFunc(all, func(p bot.PlannedSchedule) bool { return p.Name == name })
	if i < 0 {
		return d, errNone
	}
	switch action {
	case "run":
		return d, all[i].RunNow(ctx)
	case "pause":
		return d, all[i].Pause(ctx)
	case "resume":
		return d, all[i].Resume(ctx)
	}
	return d, errAction
}

// logView is the page of the log.
type logView struct {
	Lines  []logLine `json:"lines"`
	More   bool      `json:"more"`
	Before string    `json:"before,omitempty"` // of the lines before
	Query  logQuery  `json:"query"`
	Old    bool      `json:"-"` // the page does not end at the last line
}

// Filtered reports whether lines are left out.
func (v logView) Filtered() bool { return v.Query.filtered() }

func logQueryOf(r *http.Request) logQuery {
	q := r.URL.Query()
	query := logQuery{
		Level: q.Get("level"), Account: q.Get("account"), Plugin: q.Get("plugin"), Event: q.Get("event"),
		Words: strings.TrimSpace(q.Get("q")), Limit: logPage,
	}
	query.Before, _ = strconv.ParseUint(q.Get("before"), 10, 64) // 0 means the end
	query.After, _ = strconv.ParseUint(q.Get("after"), 10, 64)
	return query
}

func (c *Console) logPage(r *http.Request) (web.Page, error) {
	stream := c.stream(topicLog)
	v := logView{Query: logQueryOf(r)}
	v.Old = v.Query.Before > 0
	v.Lines, v.More = c.lines.find(v.Query)
	if v.Lines == nil {
		v.Lines = []logLine{}
	}
	if v.More {
		v.Before = strconv.FormatUint(v.Lines[0].Seq, 10)
	}
	if v.Old || v.Query.filtered() {
		stream = ""
	}
	return web.Page{Name: "log", Title: c.text(r, "nav.log"), Nav: "log", Stream: stream, Data: v}, nil
}

// logText is what is filtered, as text.
func (c *Console) logText(w http.ResponseWriter, r *http.Request) {
	query := logQueryOf(r)
	query.Limit = maxLines
	found, _ := c.lines.find(query)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="hongyan-log.txt"`)
	out := bufio.NewWriter(w)
	for _, x := range found {
		fmt.Fprintf(out, "%s %s %s %s", x.Time.In(c.config.Zone).Format(time.RFC3339), x.Level, x.Logger, x.Message)
		for _, f := range x.Fields {
			fmt.Fprintf(out, " %s=%q", f.Name, f.Value)
		}
		fmt.Fprintln(out)
	}
	_ = out.Flush() // the browser is gone
}
