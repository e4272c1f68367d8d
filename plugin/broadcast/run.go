package broadcast

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
)

// run is a notice on its way. There is one at a time.
type run struct {
	ID, Account, Text string
	Message           *quoted // what follows the text; nil if nothing does
	Targets           []target
	Next              int // the first without an outcome
	State             string
	Begins            time.Time // zero: at once
}

// target is a recipient, and what became of it.
type target struct {
	ID, Name, Outcome string
	Values            map[string]string `json:",omitempty"` // of the row of a file
}

// The states of a run.
const (
	going   = ""
	paused  = "已暂停"
	stopped = "已停止"
	done    = "已结束"
)

const (
	keyRun     = "run"
	maxTargets = 1000
	furthest   = 30 * 24 * time.Hour // until a run begins
)

func (p *part) update(c *router.Context, change func(r run) run) (run, error) {
	return router.Update(c, p.h.Store(), keyRun, 0, func(r run) (run, error) { return change(r), nil })
}

// check returns what is wrong with a run: a text that cannot be filled for a recipient, or a time.
func (r *run) check(now time.Time) error {
	text, err := router.ParseTemplate(r.Text)
	if err != nil {
		return err //nolint:wrapcheck // it is shown to who has written the command
	}
	for _, t := range r.Targets {
		if _, err := text.Fill(t.fields()); err != nil {
			return fmt.Errorf("%s：%w", t.Name, err)
		}
	}
	if !r.Begins.IsZero() && (r.Begins.Before(now) || r.Begins.Sub(now) > furthest) {
		return errors.New("开始的时间要在 30 天之内，不能已经过去")
	}
	return nil
}

// preview shows what is about to happen.
func (p *part) preview(r *run, now time.Time) string {
	const most = 40
	targets, text, begins := r.Targets, r.Text+r.Message.String(), "确认后马上"
	if !r.Begins.IsZero() {
		now, begins = r.Begins, r.Begins.In(p.h.Zone()).Format("01-02 15:04")
	}
	var names []string
	for _, t := range targets[:min(len(targets), most)] {
		names = append(names, t.Name)
	}
	more := ""
	if len(targets) > most {
		more = fmt.Sprintf(" 等 %d 个", len(targets))
	}
	mode := ""
	if p.h.Dry() {
		mode = "（演练，不会真的发出）"
	}
	if first, err := r.text(targets[0]); err == nil && first != r.Text {
		text += "\n发给" + targets[0].Name + "的是：" + first
	}
	return fmt.Sprintf("将发给 %d 个%s：%s%s\n内容：%s\n%s开始，预计 %s 发完；发送限额和静默时段可能让它更晚。\n回复“确认”开始，“取消”放弃。",
		len(targets), mode, strings.Join(names, "、"), more, text, begins, p.end(now, len(targets)).Format("01-02 15:04"))
}

// end is when n recipients will have it, from the middle of the gaps.
func (p *part) end(t time.Time, n int) time.Time {
	for i := range n {
		if i > 0 {
			t = t.Add(p.rest(i, (p.c.Gap.Min+p.c.Gap.Max)/2))
		}
		t = opening(p.hours, t)
	}
	return t.In(p.hours.Zone())
}

// rest is the time before the recipient at a position.
func (p *part) rest(i int, gap time.Duration) time.Duration {
	if p.c.Lots.Size > 0 && i%p.c.Lots.Size == 0 {
		return max(gap, p.c.Lots.Rest)
	}
	return gap
}

// opening is the first time from t on, to the minute, that is in the hours; zero if there is none.
func opening(h *outbox.Hours, t time.Time) time.Time {
	for range 25 * 60 {
		if h.Contains(t) {
			return t
		}
		t = t.Truncate(time.Minute).Add(time.Minute)
	}
	return time.Time{}
}

// turn pauses, resumes or stops what is under way.
func (p *part) turn(word string) func(c *router.Context) error {
	return func(c *router.Context) error {
		from, to := []string{going}, paused
		switch word {
		case "继续":
			from, to = []string{paused}, going
		case "停止":
			from, to = []string{going, paused}, stopped
		}
		type change struct {
			Run  run
			Done bool
		}
		x, err := router.Remember(c, "turn", func() (change, error) {
			var x change
			r, err := p.update(c, func(r run) run {
				if x.Done = r.ID != "" && slices.Contains(from, r.State); x.Done {
					r.State = to
				}
				return r
			})
			x.Run = r
			return x, err
		})
		switch {
		case err != nil:
			return err
		case !x.Done:
			return c.Reply("现在没有可以" + word + "的群发。")
		case to == going:
			if err := c.Later("step", x.Run.ID, max(x.Run.Begins.Sub(c.Now()), 0), x.Run.ID); err != nil {
				return err
			}
		}
		if to == stopped {
			return c.Reply("已停止。\n"+x.Run.report(), router.SplitAt(0), router.MaxParts(0))
		}
		return c.Reply(fmt.Sprintf("已%s，%d/%d。", word, x.Run.Next, len(x.Run.Targets)))
	}
}

func (p *part) status(c *router.Context) error {
	var r run
	switch found, err := p.h.Store().Get(c, keyRun, &r); {
	case err != nil:
		return err
	case !found:
		return c.Reply("还没有群发过。")
	}
	state := r.State
	switch begins := r.Begins.After(c.Now()); {
	case state == going && begins:
		state = r.Begins.In(p.h.Zone()).Format("01-02 15:04") + " 开始"
	case state == going:
		state = "进行中，预计 " + p.end(opening(p.hours, c.Now()), len(r.Targets)-r.Next).Format("01-02 15:04") + " 发完"
	}
	return c.Reply(fmt.Sprintf("群发 %d/%d，%s。", r.Next, len(r.Targets), state))
}
