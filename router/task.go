package router

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/journal"
)

// ErrNoTasks means that the context was made without Tasks.
var ErrNoTasks = errors.New("router: no Tasks: Later, CancelTask and Batch need Services.Tasks, which every bot has")

// Tasks keeps what handlers ask to be done later; a *bot.Bot has it.
type Tasks interface {
	// Later makes a task, or changes the one of its name and key that has not begun.
	Later(ctx context.Context, r TaskRequest) error
	// Cancel takes a task away. It reports whether there was one that had not begun.
	Cancel(ctx context.Context, plugin, name, key string) (bool, error)
}

// TaskRequest asks for a task.
type TaskRequest struct {
	// Plugin is the plugin whose handler asks; empty if it is none. A task of that plugin is meant
	// before one of the bot with the same Name.
	Plugin, Name string
	// Key tells the tasks of a name apart.
	Key string
	// Delay is the time until the task is due.
	Delay time.Duration
	// Data is what the task gets, of the type that it was registered with.
	Data any

	// Account and Conversation are where the task belongs. Event is the message whose handler asks;
	// nil outside of handlers. Received is when that arrived.
	Account, Conversation string
	Event                 *callback.Event
	Received              time.Time
	// Anywhere means that a route of Group.Anywhere asks: the task runs in this chat also if the
	// plugin is off there.
	Anywhere bool

	// Merge makes one of the stored data of the task that is there and the Data of this request. An
	// error that is ErrTurnFull has the earlier task done at once. nil replaces the data.
	Merge func(earlier json.RawMessage, data any) (json.RawMessage, error)
	// Keep leaves a task that is there as it is.
	Keep bool
	// Flush has a task that is there done at once, and makes another.
	Flush bool
	// Most bounds the time by which later requests may put the task off, from the first. 0 means no
	// bound.
	Most time.Duration
	// ID identifies the request: asked again, it changes nothing. Empty means that it is new.
	ID string
}

// LaterOption changes what Later does; package bot has Keep, Merge and InChat.
type LaterOption func(*TaskRequest)

// Later has a task done after a delay: the function that was registered under its name, by the Task
// of the bot or of the plugin of this handler, with the data. It returns when the task is stored: a
// crash, a restart and an update of the program do not lose it. The handler does not wait, and the
// chat goes on.
//
//	err := c.Later("greet", c.ChatKey(), 4*time.Second, people)
//
// There is one task of a name and key at a time that has not begun: a later call moves it to the
// new time, and replaces its data, unless bot.Merge or bot.Keep says otherwise. Tasks of one key
// run one after another, those of different keys at once.
//
// A handler that runs again, after a failure or a crash, finds the tasks that it has asked for by
// the event, the route and the place in the order of its calls: these are not made again. So it
// must ask for the same in the same order.
func (c *Context) Later(task, key string, delay time.Duration, data any, options ...LaterOption) error {
	r := TaskRequest{Name: task, Key: key, Delay: delay, Data: data, Event: c.Event}
	for _, option := range options {
		option(&r)
	}
	r.Anywhere = r.Event != nil && c.route != nil && c.route.group.worksAnywhere()
	_, err := taskStep(c, func(id string) (struct{}, error) {
		r.ID = id
		return struct{}{}, c.later(r)
	})
	return err
}

// later asks for a task from this context.
func (c *Context) later(r TaskRequest) error {
	r.Plugin, r.Received = c.Plugin(), c.values.Received
	if r.Account == "" {
		r.Account = c.Account()
	}
	if r.Conversation == "" {
		r.Conversation = c.Conversation().ID
	}
	return c.services.Tasks.Later(c, r)
}

// CancelTask takes a task away that has not begun, and reports whether there was one. One that is
// due, but waits for another of its key, does not run; one that runs is not interrupted, unless it
// was registered with bot.NewestWins. A handler that runs again gets the same answer, and cancels
// nothing again.
func (c *Context) CancelTask(task, key string) (bool, error) {
	return taskStep(c, func(string) (bool, error) {
		return c.services.Tasks.Cancel(c, c.Plugin(), task, key)
	})
}

// taskStep does a step with tasks that another run of the handler must not do again. id identifies
// it.
func taskStep[T any](c *Context, do func(id string) (T, error)) (none T, err error) {
	if c.services.Tasks == nil {
		return none, ErrNoTasks
	}
	name := "task " + strconv.Itoa(c.run.nextTask(c.Route()))
	return Remember(c, name, func() (T, error) {
		return do(c.requestID(name))
	})
}

// requestID identifies what a handler asks for.
func (c *Context) requestID(name string) string {
	sum := sha256.Sum256([]byte(journal.StepKey(c.identity(), c.Route(), name)))
	return hex.EncodeToString(sum[:8])
}

// nextTask counts the calls of a handler that ask for tasks.
func (r *run) nextTask(route string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tasks == nil {
		r.tasks = map[string]int{}
	}
	r.tasks[route]++
	return r.tasks[route]
}

// ChatKey identifies the conversation of the event over all accounts, SenderKey the person who
// wrote in it: keys for Later.
func (c *Context) ChatKey() string { return keyOf(c, ByChat) }

// SenderKey identifies the person who wrote, in this conversation; see ChatKey.
func (c *Context) SenderKey() string { return keyOf(c, BySender) }

// keyOf identifies what the events of a scope have in common.
func keyOf(c *Context, by Scope) string {
	e := c.Event
	switch by {
	case ByAccount:
		return e.AppID
	case BySender:
		return journal.Join(e.AppID, e.Conversation.ID, e.Sender)
	case ByChat:
	}
	return journal.Join(e.AppID, e.Conversation.ID)
}

// Plugin is the name of the plugin whose handler runs; empty if it is the bot's own.
func (c *Context) Plugin() string {
	if c.route == nil {
		return ""
	}
	return c.route.group.pluginName()
}

// OfPlugin says that the routes of the group are those of a plugin, and have its Store; see
// Context.Plugin.
func (g *Group) OfPlugin(name string) {
	g.router.mu.Lock()
	defer g.router.mu.Unlock()
	g.plugin = name
}

// RunTask runs the handler of a task: with a context of the event that it belongs to, and outside
// of the routes. route names it in logs and in the keys of its sends.
func (r *Router) RunTask(ctx context.Context, e *callback.Event, s Services, run Run, plugin, route string, h Handler) (Outcome, error) {
	c := newContext(ctx, r, e, s, run)
	c.run.outcome.Route, c.run.task = route, true
	group := &Group{plugin: plugin, anywhere: run.Anywhere}
	err := h(c.on(&Route{group: group, name: route, observer: true})) // observer: it cannot ask
	return c.run.outcome, err
}
