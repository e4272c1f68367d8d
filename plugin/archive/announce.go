package archive

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// Announce is what a group is told about its archive.
type Announce struct {
	Begin string `yaml:"begin" help:"What the plugin says in a group when it begins to keep what is sent there."`
	End   string `yaml:"end" help:"What it says there when it was switched off, or the group is not in the file any more."`
}

// announceEvery is how often the plugin looks where it is on.
const announceEvery = 10 * time.Minute

const keyAnnounced = "announced"

// announcements are the texts of Announce.
type announcements struct{ begin, end plugin.Text }

func (a Announce) parse() (t announcements, err error) {
	var begin, end error
	t.begin, begin = plugin.ParseText("announce.begin", a.Begin, "Days")
	t.end, end = plugin.ParseText("announce.end", a.End, "Days")
	return t, errors.Join(begin, end)
}

// announce tells groups in which the archive has begun, or ended.
func (p *part) announce(j *bot.Job) error {
	told := map[string]string{} // the account, by the group
	if _, err := j.Store().Get(j, keyAnnounced, &told); err != nil {
		return err
	}
	before := maps.Clone(told)
	var errs []error
	say := func(account, group string, text plugin.Text, begun bool) {
		if err := p.h.Chat(j, account, group).SendText(p.filled(text), router.AsProactive()); err != nil {
			errs = append(errs, err)
			return
		}
		if begun {
			told[group] = account
		} else {
			delete(told, group)
		}
	}
	for _, account := range p.h.Accounts() {
		groups, err := p.h.Groups(j, account)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, group := range groups {
			if told[group] == "" && !p.announcing.begin.Empty() {
				say(account, group, p.announcing.begin, true)
			}
		}
	}
	for _, group := range slices.Sorted(maps.Keys(told)) {
		account := told[group]
		switch {
		case p.h.On(j, account, group):
		case p.announcing.end.Empty():
			delete(told, group)
		default:
			say(account, group, p.announcing.end, false)
		}
	}
	if !maps.Equal(before, told) {
		errs = append(errs, j.Store().Set(j, keyAnnounced, told, 0))
	}
	return router.Each(errs...)
}

// filled is a text with how long files are kept.
func (p *part) filled(text plugin.Text) string {
	days := "∞"
	if p.c.Keep > 0 {
		days = strconv.Itoa(int((p.c.Keep + 24*time.Hour - 1) / (24 * time.Hour)))
	}
	return text.Fill(map[string]string{"Days": days})
}
