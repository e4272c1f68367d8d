package bot

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/hongyan-go/hongyan/internal/task"
	"github.com/hongyan-go/hongyan/router"
)

// Task is one run of a task. It is the context of the message whose handler asked for it: Reply,
// Forward and Download mean that message, and what is sent is not sent again when the task runs
// again. A task that was asked for outside of a handler has only the account and the conversation
// of InChat. A task cannot Ask.
//
// What goes to the conversation is an answer, unless the message came more than ten minutes before
// the task was due: then it is a proactive send; see router.AsAnswer.
type Task[Data any] struct {
	*router.Context
	// Name is the name of the task, with that of its plugin: "welcome/greet". Key is the key that
	// Later got.
	Name, Key string
	// Due is the time at which the task should have run; another attempt has the same.
	Due time.Time
	// Data is what Later got, through JSON.
	Data Data
}

// run is what the machinery knows of every Task.
type taskRun interface {
	begin(c *router.Context, x task.Trigger) error
	dataType() reflect.Type
}

func (t *Task[Data]) begin(c *router.Context, x task.Trigger) error {
	t.Context, t.Name, t.Key, t.Due = c, x.Name, x.Key, x.Due
	if len(x.Data) == 0 {
		return nil
	}
	if err := json.Unmarshal(x.Data, &t.Data); err != nil { // of another version of the program
		return router.Permanent(fmt.Errorf("bot: the data of the task %s is not of the type %T that it has now: %w", x.Name, t.Data, err))
	}
	return nil
}

func (t *Task[Data]) dataType() reflect.Type { return reflect.TypeFor[Data]() }

// TaskOption changes a task.
type TaskOption func(*taskKind)

// RetryFor tries a task that fails again until it has been due for d, and then once more, not only
// Config.MaxAttempts times. After that, and after a permanent error, it is a dead letter.
func RetryFor(d time.Duration) TaskOption { return func(k *taskKind) { k.retryFor = d } }

// Backoff is the rest after a run that failed: first, twice as much, four times … up to most, half
// as much more or less by chance. Without it that is from 1 second to 1 minute, and with RetryFor
// to 30 minutes.
func Backoff(first, most time.Duration) TaskOption {
	return func(k *taskKind) { k.first, k.most = first, most }
}

// TaskTimeout ends the context of a run after d, instead of after Config.Timeout. Less than 0 means
// never.
func TaskTimeout(d time.Duration) TaskOption { return func(k *taskKind) { k.timeout = d } }

// NewestWins ends the context of a run when a newer task of its key is asked for, or when it is
// cancelled: the person has written again. What it then returns does not matter, it is not run
// again.
func NewestWins() TaskOption { return func(k *taskKind) { k.newest = true } }

// Keep leaves the task that is there as it is: neither its time nor its data change.
func Keep() router.LaterOption { return func(r *router.TaskRequest) { r.Keep = true } }

// Merge makes one of the data of the task that is there and the new data. The task is moved to the
// new time.
//
//	join := bot.Merge(func(before, now []string) []string { return append(before, now...) })
//	err := c.Later("greet", c.ChatKey(), 4*time.Second, names, join)
func Merge[Data any](merge func(before, now Data) Data) router.LaterOption {
	return func(r *router.TaskRequest) {
		r.Merge = func(stored json.RawMessage, data any) (json.RawMessage, error) {
			now, ok := data.(Data)
			if !ok {
				return nil, fmt.Errorf("bot: Merge is for data of the type %v, and Later got %T", reflect.TypeFor[Data](), data)
			}
			var before Data
			if err := json.Unmarshal(stored, &before); err != nil {
				return nil, fmt.Errorf("bot: Merge: the data that is there cannot be read: %w", err)
			}
			merged, err := json.Marshal(merge(before, now))
			if err != nil {
				return nil, fmt.Errorf("bot: Merge: %w", err)
			}
			return merged, nil
		}
	}
}

// InChat is the account and the conversation of a task, for tasks that are asked for outside of
// handlers, and for other conversations. An empty account means the bot's only one, or that of the
// handler.
func InChat(account, conversation string) router.LaterOption {
	return func(r *router.TaskRequest) { r.Account, r.Conversation, r.Event = account, conversation, nil }
}

// Task registers the function that does what Later asks for by this name:
//
//	b.Task("greet", func(t *bot.Task[[]string]) error {
//		return t.Reply("Welcome, " + strings.Join(t.Data, ", "))
//	}, bot.RetryFor(time.Hour))
//
// run is a func(*Task[Data]) error; Data must survive JSON, and Later must be given that type. The
// name and the keys are in the store: do not change them while tasks are pending. Like an invalid
// route, an invalid task panics, with its place in the source.
func (b *Bot) Task(name string, run any, options ...TaskOption) {
	if b.schedulesOpen.Load() {
		panic("bot: the task " + name + " at " + caller() + " comes after the start: register before Run, or in the Setup of a plugin")
	}
	b.tasks.mustAdd(mustMake("", name, caller(), run, options))
}

// Task is Bot.Task, for as long as the plugin is installed. Handlers of the plugin ask for it by
// this name, others by that of the plugin, a slash, and this name. A task that is due while the
// plugin is not installed waits for it.
func (h *Handle) Task(name string, run any, options ...TaskOption) {
	k := mustMake(h.name, name, caller(), run, options)
	if !h.staged {
		h.bot.tasks.mustAdd(k)
		return
	}
	for _, other := range h.pendingTasks {
		if other.name == k.name {
			panic("bot: the task " + k.name + " at " + k.site + " is there already: " + other.site)
		}
	}
	h.pendingTasks = append(h.pendingTasks, k)
}

// taskKind is a task that is registered.
type taskKind struct {
	name, plugin, site string
	function           reflect.Value
	argument           reflect.Type // Task[Data]
	data               reflect.Type

	retryFor, first, most, timeout time.Duration
	newest                         bool
}

// newRun makes the argument of the function.
func (k *taskKind) newRun() (taskRun, reflect.Value) {
	v := reflect.New(k.argument)
	return v.Interface().(taskRun), v
}

// newTaskKind checks a function.
func newTaskKind(run any) (*taskKind, error) {
	f := reflect.ValueOf(run)
	if run == nil || f.Kind() != reflect.Func {
		return nil, fmt.Errorf("its function is %T: it must be a func(*bot.Task[Data]) error", run)
	}
	t := f.Type()
	if f.IsNil() || t.NumIn() != 1 || t.IsVariadic() || t.NumOut() != 1 || t.Out(0) != reflect.TypeFor[error]() ||
		!t.In(0).Implements(reflect.TypeFor[taskRun]()) || t.In(0).Kind() != reflect.Pointer {
		return nil, fmt.Errorf("its function is a %v: it must be a func(*bot.Task[Data]) error, and not nil", t)
	}
	k := &taskKind{function: f, argument: t.In(0).Elem()}
	r, _ := k.newRun()
	k.data = r.dataType()
	return k, nil
}
