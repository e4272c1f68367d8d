package bot

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/schedule"
	"github.com/hongyan-go/hongyan/router"
)

// Job is one run of a schedule. It is a context.Context that a shutdown ends when its grace period
// is over. A run that is tried again finds what it has sent, claimed and appended by schedule and
// time, and the place in the order: that is not done again. So it must do the same in the same
// order; a send may be given router.Key instead.
type Job struct {
	*router.Work
	// Name is the name of the schedule, Due the time that the run is for. Another attempt has the
	// same Due.
	Name string
	Due  time.Time
	// Account is the appId of the account that sends, Target the group or friend that At named.
	Account, Target string

	bot   *Bot
	mu    sync.Mutex
	tasks int // that the run has asked for
}

// ScheduleOption changes a schedule.
type ScheduleOption func(*scheduled)

type scheduled struct {
	account, target string
	plugin          string
	zone            string
	catchUp         schedule.CatchUp
}

// At binds a schedule to an account and to a group or a friend: what SendText sends to. An empty
// account means the bot's only one.
func At(account, target string) ScheduleOption {
	return func(s *scheduled) { s.account, s.target = account, target }
}

// Zone is the time zone of the schedule, such as "Asia/Shanghai". The default is Config.Zone.
func Zone(name string) ScheduleOption { return func(s *scheduled) { s.zone = name } }

// CatchUp runs the latest of the times that were missed, because no process ran or the run before
// took too long, if it is less late than within. Without CatchUp or CatchUpAll, missed times are
// left out.
func CatchUp(within time.Duration) ScheduleOption {
	return func(s *scheduled) { s.catchUp = schedule.Latest(within) }
}

// CatchUpAll runs each of the times that were missed in their order, but of those of the last 31
// days at most the latest n.
func CatchUpAll(n int) ScheduleOption { return func(s *scheduled) { s.catchUp = schedule.All(n) } }

// Schedule runs a function at times: five fields as in crontab (minute, hour, day of the month,
// month, day of the week), one of @hourly, @daily, @weekly, @monthly and @yearly, or an interval of
// at least a second such as "@every 90m".
//
//	b.Schedule("digest", "0 22 * * *", digest, bot.At("", "10000000001@chatroom"),
//		bot.Zone("Asia/Shanghai"), bot.CatchUp(time.Hour))
//
// A time that the clock of the zone skips when daylight saving time begins happens at the end of
// the gap; one that it repeats when daylight saving time ends happens the first time only. With "*"
// for the hour, every hour counts.
//
// Each time runs once, even if several processes share the store. A run that fails, or whose
// process dies, is tried again, and what it has sent is not sent again. The name identifies the
// schedule in the store: do not change it. Like an invalid route, an invalid schedule panics, with
// its place in the source.
func (b *Bot) Schedule(name, spec string, run func(*Job) error, options ...ScheduleOption) {
	if b.schedulesOpen.Load() {
		panic("bot: the schedule " + name + " at " + caller() + " comes after the start: register before Run, or in the Setup of a plugin")
	}
	b.mustSchedule(nil, name, spec, caller(), run, options)
}

// Schedule is Bot.Schedule, for as long as the plugin is installed. The name of the plugin becomes
// the prefix of the name.
func (h *Handle) Schedule(name, spec string, run func(*Job) error, options ...ScheduleOption) {
	name = h.name + "/" + name
	options = append(options[:len(options):len(options)], func(s *scheduled) { s.plugin = h.name })
	h.bot.mustSchedule(h, name, spec, caller(), run, options)
	if !h.staged {
		h.schedules = append(h.schedules, name)
	}
}

// mustSchedule adds a schedule of a plugin, or of the bot if h is nil.
func (b *Bot) mustSchedule(h *Handle, name, spec, site string, run func(*Job) error, options []ScheduleOption) {
	if err := b.addSchedule(h, name, spec, run, options); err != nil {
		panic("bot: the schedule " + name + " at " + site + ": " + err.Error())
	}
}

func (b *Bot) addSchedule(h *Handle, name, spec string, run func(*Job) error, options []ScheduleOption) error {
	s := scheduled{}
	for _, option := range options {
		option(&s)
	}
	zone := b.config.Zone
	if s.zone != "" {
		var err error
		if zone, err = time.LoadLocation(s.zone); err != nil {
			return phrase.Errorf("%w; a program for a system without time zones imports time/tzdata", err)
		}
	}
	times, err := schedule.Parse(spec, zone)
	if err != nil {
		return err
	}
	job := schedule.Schedule{Name: name, Times: times, CatchUp: s.catchUp}
	if run != nil {
		job.Run = func(ctx context.Context, due time.Time) error {
			account, err := b.account(ctx, s.account)
			if err != nil && (s.account != "" || s.target != "" || !errors.Is(err, router.ErrNoAccount)) { // it may do without
				return phrase.Errorf("bot: schedule %s: %w", name, err)
			}
			if !b.enabled(ctx, s.plugin, account, s.target) {
				b.logger.Debug("a schedule did not run: it is switched off", zap.String("schedule", name))
				return nil
			}
			work := router.NewWork(ctx, router.WorkConfig{
				Services: b.servicesNow(ctx), ID: fmt.Sprintf("schedule/%s/%d", name, due.Unix()),
				Plugin: s.plugin, Source: "schedule:" + name,
			})
			err = run(&Job{Work: work, Name: name, Due: due, Account: account, Target: s.target, bot: b})
			return work.End(err) //nolint:contextcheck // the work is made from ctx
		}
	}
	if h == nil || !h.staged {
		return b.schedules.Add(job)
	}
	if err := job.Check(); err != nil {
		return err
	}
	if slices.ContainsFunc(h.pending, func(j schedule.Schedule) bool { return j.Name == name }) {
		return errors.New("there is another one of this name: give one another name")
	}
	h.pending = append(h.pending, job)
	return nil
}

// caller returns the place in the user's code that called a method of this package.
func caller() string {
	_, file, line, _ := runtime.Caller(2)
	return filepath.Base(file) + ":" + strconv.Itoa(line)
}

// Send sends a message through the account of the schedule: a proactive send, unless
// router.AsAnswer says otherwise.
func (j *Job) Send(m api.Send, options ...router.SendOption) (*api.SentMessage, error) {
	return j.Work.Send(api.WithAppID(m, j.Account), options...)
}

// nextTask identifies the next task that the run asks for.
func (j *Job) nextTask() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.tasks++
	return fmt.Sprintf("schedule/%s/%d/%d", j.Name, j.Due.Unix(), j.tasks)
}

// Chat is the conversation that At named.
func (j *Job) Chat() *router.Chat { return j.To(j.Target) }

// To is another conversation of the account, by id or by a name that means only one.
func (j *Job) To(id string) *router.Chat { return j.Work.Chat(j.Account, id) }

// SendText sends a text to the Target.
func (j *Job) SendText(text string, options ...router.SendOption) error {
	if j.Target == "" {
		return phrase.Errorf("bot: schedule %s: the text has no recipient: name the target in At", j.Name)
	}
	return j.Chat().SendText(text, options...)
}

// API returns the client of the service, for calls that do not send.
func (j *Job) API() *api.Client { return j.bot.client }

// Logger returns a logger that names the schedule in each line.
func (j *Job) Logger() *zap.Logger {
	return j.bot.logger.With(zap.String("schedule", j.Name), zap.Time("due", j.Due))
}
