package bot

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/schedule"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
)

// Job is one run of a schedule. It is a context.Context that a shutdown ends when its grace period
// is over.
type Job struct {
	context.Context //nolint:containedctx // a Job is a context.Context
	// Name is the name of the schedule, Due the time that the run is for. Another attempt has the
	// same Due.
	Name string
	Due  time.Time
	// Account is the appId of the account that sends, Target the group or friend that At named.
	Account, Target string

	bot   *Bot
	mu    sync.Mutex
	sends int
}

// ScheduleOption changes a schedule.
type ScheduleOption func(*scheduled)

type scheduled struct {
	account, target string
	zone            string
	catchUp         schedule.CatchUp
}

// At binds a schedule to an account and to a group or a friend: what SendText sends to. An empty
// account means the bot's only one.
func At(account, target string) ScheduleOption {
	return func(s *scheduled) { s.account, s.target = account, target }
}

// Zone is the time zone of the schedule, such as "Asia/Shanghai". The default is local time.
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
	b.mustSchedule(name, spec, caller(), run, options)
}

// Schedule is Bot.Schedule, for as long as the plugin is installed. The name of the plugin becomes
// the prefix of the name.
func (h *Handle) Schedule(name, spec string, run func(*Job) error, options ...ScheduleOption) {
	name = h.name + "/" + name
	h.bot.mustSchedule(name, spec, caller(), run, options)
	h.schedules = append(h.schedules, name)
}

func (b *Bot) mustSchedule(name, spec, site string, run func(*Job) error, options []ScheduleOption) {
	if err := b.addSchedule(name, spec, run, options); err != nil {
		panic("bot: the schedule " + name + " at " + site + ": " + err.Error())
	}
}

func (b *Bot) addSchedule(name, spec string, run func(*Job) error, options []ScheduleOption) error {
	s := scheduled{zone: "Local"}
	for _, option := range options {
		option(&s)
	}
	zone, err := time.LoadLocation(s.zone)
	if err != nil {
		return fmt.Errorf("%w; a program for a system without time zones imports time/tzdata", err)
	}
	times, err := schedule.Parse(spec, zone)
	if err != nil {
		return err
	}
	job := schedule.Schedule{Name: name, Times: times, CatchUp: s.catchUp}
	if run != nil {
		job.Run = func(ctx context.Context, due time.Time) error {
			account := s.account
			if account == "" {
				if account = b.accounts.only(); account == "" {
					return fmt.Errorf("bot: schedule %s: which account shall send? name it in At, or set HONGYAN_APP_ID or accounts", name)
				}
			}
			return run(&Job{Context: ctx, Name: name, Due: due, Account: account, Target: s.target, bot: b})
		}
	}
	return b.schedules.Add(job)
}

// caller returns the place in the user's code that called a method of this package.
func caller() string {
	_, file, line, _ := runtime.Caller(2)
	return filepath.Base(file) + ":" + strconv.Itoa(line)
}

// Send sends a message through the account of the schedule: a proactive send, unless
// router.AsAnswer says otherwise. A run that is tried again finds what it has sent by schedule,
// time and the place in the order of its sends: that is not sent again. So it must send the same in
// the same order, or give router.Key.
func (j *Job) Send(m api.Send, options ...router.SendOption) (*api.SentMessage, error) {
	options = append([]router.SendOption{router.Key(j.nextKey())}, options...)
	return j.bot.send(j, "schedule:"+j.Name, api.WithAppID(m, j.Account), options)
}

// nextKey is the key of what the run does next.
func (j *Job) nextKey() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.sends++
	return fmt.Sprintf("schedule/%s/%d/%d", j.Name, j.Due.Unix(), j.sends)
}

// SendText sends a text to the Target.
func (j *Job) SendText(text string, options ...router.SendOption) error {
	return j.SendTextTo(j.Target, text, options...)
}

// SendTextTo sends a text to a group or a friend.
func (j *Job) SendTextTo(to, text string, options ...router.SendOption) error {
	if to == "" {
		return fmt.Errorf("bot: schedule %s: the text has no recipient: name the target in At", j.Name)
	}
	_, err := j.Send(api.PostText{To: to, Content: text}, options...)
	return err
}

// Session returns the session of a conversation of the account, the same that its handlers have.
func (j *Job) Session(conversation string) *router.Session {
	return router.NewSession(j, j.bot.store.State(), j.Account, conversation)
}

// State returns the state of the store. Begin your own keys with a prefix of your own.
func (j *Job) State() store.State { return j.bot.store.State() }

// API returns the client of the service, for calls that do not send.
func (j *Job) API() *api.Client { return j.bot.client }

// Logger returns a logger that names the schedule in each line.
func (j *Job) Logger() *zap.Logger {
	return j.bot.logger.With(zap.String("schedule", j.Name), zap.Time("due", j.Due))
}
