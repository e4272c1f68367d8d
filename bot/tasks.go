package bot

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/task"
	"github.com/hongyan-go/hongyan/internal/wait"
	"github.com/hongyan-go/hongyan/router"
)

// tasks are the tasks of a bot; router.Tasks.
type tasks struct {
	bot    *Bot
	runner *task.Runner

	registered *wait.Bell // signals that a name has become known

	mu      sync.Mutex
	kinds   map[string]*taskKind
	running map[*runningTask]bool // of tasks with NewestWins
}

// runningTask is a run that a newer task ends.
type runningTask struct {
	lane   string
	cancel context.CancelCauseFunc
}

// errReplaced ends the context of a run.
var errReplaced = errors.New("bot: a newer task of the same key takes the place of this one, or it was cancelled")

func newTasks(b *Bot) *tasks {
	kept := &task.Tasks{State: b.store.State(), Inbox: b.store.Inbox(), Clock: b.config.Clock}
	return &tasks{
		bot: b, registered: wait.NewBell(), kinds: map[string]*taskKind{}, running: map[*runningTask]bool{},
		runner: task.NewRunner(kept, task.Options{Shared: isShared(b.store), Logger: b.logger.Named("tasks")}),
	}
}

// mustMake makes a task of a plugin, or of the bot if plugin is empty.
func mustMake(plugin, name, site string, run any, options []TaskOption) *taskKind {
	full := name
	if plugin != "" {
		full = plugin + "/" + name
	}
	k, err := newTaskKind(run)
	if err == nil && (name == "" || strings.HasPrefix(name, router.BatchPrefix)) {
		err = phrase.Errorf("a name must not be empty, and not begin with %q", router.BatchPrefix)
	}
	if err != nil {
		panic("bot: the task " + full + " at " + site + ": " + err.Error())
	}
	k.name, k.plugin, k.site = full, plugin, site
	for _, option := range options {
		option(k)
	}
	return k
}

// mustAdd registers a task.
func (ts *tasks) mustAdd(k *taskKind) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if other := ts.kinds[k.name]; other != nil {
		panic("bot: the task " + k.name + " at " + k.site + " is there already: " + other.site)
	}
	ts.kinds[k.name] = k
}

// exchange takes out the tasks of plugins, and registers others, in one step.
func (ts *tasks) exchange(plugins []string, others []*taskKind) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for name, k := range ts.kinds {
		if k.plugin != "" && slices.Contains(plugins, k.plugin) {
			delete(ts.kinds, name)
		}
	}
	for _, k := range others {
		ts.kinds[k.name] = k
	}
}

// remove takes out the tasks of a plugin.
func (ts *tasks) remove(plugin string) { ts.exchange([]string{plugin}, nil) }

// find is the task that a plugin means by a name; nil if there is none.
func (ts *tasks) find(plugin, name string) *taskKind {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if k := ts.kinds[plugin+"/"+name]; k != nil && plugin != "" {
		return k
	}
	return ts.kinds[name]
}

// knows reports whether tasks of a full name can run.
func (ts *tasks) knows(name string) bool {
	if strings.HasPrefix(name, router.BatchPrefix) {
		return ts.bot.router.HasBatch(name)
	}
	return ts.find("", name) != nil
}

// changed has what is parked looked at soon.
func (ts *tasks) changed() { ts.registered.Ring() }

// unpark has the tasks run that waited for what is registered now.
func (ts *tasks) unpark(ctx context.Context) {
	if err := ts.runner.Unpark(ctx, ts.knows); err != nil && ctx.Err() == nil {
		ts.bot.logger.Error("tasks that wait for their plugin could not be read, trying again", zap.Error(err))
	}
}

// unparkEvery is how often a process looks for what others have parked.
const unparkEvery = 30 * time.Second

// start hands over what is due, until the function is called.
func (ts *tasks) start() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ts.runner.Start()
	loop := wait.NewLoop(ctx, ts.bot.config.Clock)
	loop.Hear(ts.registered)
	var owned sync.WaitGroup
	owned.Go(func() {
		defer loop.End()
		ts.unpark(ctx)
		for loop.RestToLook(ctx, unparkEvery, 0, nil) {
			ts.unpark(ctx)
		}
	})
	return func() {
		cancel()
		owned.Wait()
		ts.runner.Stop()
	}
}

// Later implements router.Tasks.
func (ts *tasks) Later(ctx context.Context, r router.TaskRequest) error {
	q := task.Request{
		Name: r.Name, Key: r.Key, Delay: r.Delay, Keep: r.Keep, Flush: r.Flush, Most: r.Most, ID: r.ID,
		Origin: task.Origin{Account: r.Account, Conversation: r.Conversation, Received: r.Received, Anywhere: r.Anywhere},
	}
	if q.Origin.Account == "" {
		q.Origin.Account = ts.bot.accounts.only()
	}
	if !strings.HasPrefix(r.Name, router.BatchPrefix) {
		k := ts.find(r.Plugin, r.Name)
		if k == nil {
			return phrase.Errorf("bot: Later: there is no task %q: register it with Task, and name one of another plugin plugin/name",
				r.Name)
		}
		if r.Data != nil && reflect.TypeOf(r.Data) != k.data && !reflect.TypeOf(r.Data).AssignableTo(k.data) {
			return router.Permanent(phrase.Errorf("bot: Later: the task %s (%s) takes data of the type %v, not %T",
				k.name, k.site, k.data, r.Data))
		}
		q.Name, q.Newest = k.name, k.newest
		if r.Event != nil {
			q.Origin.Body, q.Origin.Wxid = r.Event.Body, r.Event.Wxid
		}
	}
	var err error
	if r.Data != nil {
		if q.Data, err = json.Marshal(r.Data); err != nil {
			return router.Permanent(phrase.Errorf("bot: Later: the data of the task %s: %w", q.Name, err))
		}
	}
	if r.Merge != nil {
		q.Merge = func(earlier json.RawMessage) (json.RawMessage, error) {
			data, err := r.Merge(earlier, r.Data)
			if errors.Is(err, router.ErrTurnFull) {
				return nil, task.ErrFlush
			}
			return data, err
		}
	}
	if _, err = ts.runner.Later(ctx, q); err != nil {
		if err = phrase.Errorf("bot: Later: task %s: %w", q.Name, err); errors.Is(err, task.ErrTooLarge) {
			err = router.Permanent(err)
		}
		return err
	}
	if q.Newest {
		ts.replace(task.Lane(q.Name, q.Key))
	}
	return nil
}

// Cancel implements router.Tasks.
func (ts *tasks) Cancel(ctx context.Context, plugin, name, key string) (bool, error) {
	if k := ts.find(plugin, name); k != nil {
		name = k.name
	}
	found, err := ts.runner.Cancel(ctx, name, key)
	if err != nil {
		return false, phrase.Errorf("bot: CancelTask: task %s: %w", name, err)
	}
	ts.replace(task.Lane(name, key))
	return found, nil
}

// replace ends the contexts of the runs of a lane in this process.
func (ts *tasks) replace(lane string) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for r := range ts.running {
		if r.lane == lane {
			r.cancel(errReplaced)
		}
	}
}

// Later is router.Context.Later for code outside of handlers: the task belongs to the account and
// the conversation of InChat. Each call is a new request.
func (b *Bot) Later(ctx context.Context, task, key string, delay time.Duration, data any, options ...router.LaterOption) error {
	return b.later(ctx, router.TaskRequest{Name: task, Key: key, Delay: delay, Data: data}, options)
}

// Later is Bot.Later for a task of the plugin.
func (h *Handle) Later(ctx context.Context, task, key string, delay time.Duration, data any, options ...router.LaterOption) error {
	return h.bot.later(ctx, router.TaskRequest{Plugin: h.name, Name: task, Key: key, Delay: delay, Data: data}, options)
}

func (b *Bot) later(ctx context.Context, r router.TaskRequest, options []router.LaterOption) error {
	for _, option := range options {
		option(&r)
	}
	return b.tasks.Later(ctx, r)
}

// CancelTask is router.Context.CancelTask for code outside of handlers.
func (b *Bot) CancelTask(ctx context.Context, task, key string) (bool, error) {
	return b.tasks.Cancel(ctx, "", task, key)
}

// CancelTask is Bot.CancelTask for a task of the plugin.
func (h *Handle) CancelTask(ctx context.Context, task, key string) (bool, error) {
	return h.bot.tasks.Cancel(ctx, h.name, task, key)
}

// Later is router.Context.Later for the account and the target of the schedule. A run that is tried
// again does not ask again, if it asks for the same in the same order.
func (j *Job) Later(task, key string, delay time.Duration, data any, options ...router.LaterOption) error {
	plugin, _, found := strings.Cut(j.Name, "/")
	if !found {
		plugin = ""
	}
	return j.bot.later(j, router.TaskRequest{
		Plugin: plugin, Name: task, Key: key, Delay: delay, Data: data, Account: j.Account, Conversation: j.Target, ID: j.nextTask(),
	}, options)
}

// eventOf is the event that a task belongs to.
func (ts *tasks) eventOf(x task.Trigger) (*callback.Event, error) {
	if len(x.Body) == 0 {
		return &callback.Event{
			AppID: x.Account, Wxid: ts.bot.accounts.wxid(x.Account), Conversation: callback.ConversationOf(x.Conversation),
		}, nil
	}
	decoder := callback.Decoder{Wxid: func(string) string { return x.Wxid }}
	e, err := decoder.Decode(x.Body)
	if err != nil {
		return nil, router.Permanent(phrase.Errorf("bot: the message of the task %s cannot be read: %w", x.Name, err))
	}
	return e, nil
}
