package plugin

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/router"
)

// Roster is a list of people, kept in a store, to which plugins and commands add.
type Roster struct {
	name  string
	store *router.Store
}

// Listed is somebody on a Roster.
type Listed struct {
	Person, Name string
	Group        string // where it happened; may be empty
	Reason       string
}

// NewRoster is the list with a name in a store.
func NewRoster(s *router.Store, name string) *Roster { return &Roster{name, s} }

// Blocked is the list of the people whom a bot ignores, see bot.Handle.Block.
func Blocked(h *bot.Handle) *Roster { return NewRoster(h.Bot().Store(), "blocked") }

// IsBlocked reports whether the sender of an event is on the list of Blocked. People in charge
// never are: they could not undo it.
func IsBlocked(c *router.Context, h *bot.Handle) bool {
	who := c.Sender()
	if who == "" || slices.Contains(h.Owners(), who) {
		return false
	}
	on, err := Blocked(h).Has(c, who)
	if err != nil {
		h.Logger().Error("it is not known whether somebody is blocked: they are handled", zap.Error(err))
	}
	return on
}

// keepListed is how long the list remembers whom it shows.
const keepListed = 10 * 365 * 24 * time.Hour

func (r *Roster) key(wxid string) string { return r.name + "/" + wxid }

// log has all who were ever put on the list: keys cannot be listed.
func (r *Roster) log() *router.Log[Listed] {
	return router.NewLog[Listed](r.store, strings.ReplaceAll(r.name, "/", " "), keepListed)
}

// Has reports whether somebody is on the list.
func (r *Roster) Has(ctx context.Context, wxid string) (bool, error) {
	return r.store.Get(ctx, r.key(wxid), &Listed{}) //nolint:wrapcheck // it names the value
}

// Put puts somebody on the list, for a time or, with 0, until Remove. Who is on it already stays for
// that time, for the reason of before.
func (r *Roster) Put(ctx context.Context, who Listed, keep time.Duration) error {
	var before Listed
	on, err := r.store.Get(ctx, r.key(who.Person), &before)
	if err != nil {
		return err //nolint:wrapcheck // it names the value
	}
	if on {
		return r.store.Set(ctx, r.key(who.Person), before, keep) //nolint:wrapcheck // it names the value
	}
	if err := r.log().Append(ctx, who); err != nil {
		return err //nolint:wrapcheck // it names the log
	}
	return r.store.Set(ctx, r.key(who.Person), who, keep) //nolint:wrapcheck // it names the value
}

// Remove takes somebody off the list.
func (r *Roster) Remove(ctx context.Context, wxid string) error {
	return r.store.Delete(ctx, r.key(wxid)) //nolint:wrapcheck // it names the value
}

// maxShown is how many people of a list a command shows.
const maxShown = 50

// Text has a line for each of the newest on the list, for a chat; empty if nobody is on it.
func (r *Roster) Text(c *router.Context, zone *time.Location) (string, error) {
	last := map[string]router.Line[Listed]{}
	for line, err := range r.log().Range(c, time.Time{}, c.Now().Add(time.Second)) {
		if err != nil {
			return "", err //nolint:wrapcheck // it names the log
		}
		last[line.Data.Person] = line
	}
	var lines []string
	all := slices.SortedFunc(maps.Values(last), func(a, b router.Line[Listed]) int { return b.Time.Compare(a.Time) })
	for _, line := range all {
		who := line.Data
		on, err := r.Has(c, who.Person)
		if err != nil {
			return "", err
		}
		if !on {
			continue
		}
		why := who.Reason
		if who.Group != "" {
			why = CleanName(who.Group, "?") + "，" + why
		}
		lines = append(lines, fmt.Sprintf("%s %s（%s）：%s", line.Time.In(zone).Format(time.DateOnly), CleanName(who.Name, "?"), who.Person, why))
		if len(lines) == maxShown {
			break
		}
	}
	return strings.Join(lines, "\n"), nil
}

// PersonArg is the argument of a command that means a person.
type PersonArg struct {
	Name string `arg:"人,rest" help:"wxid，或者唯一的名字"`
}

// Listed is the person with an id, as a list has somebody who was named in a command.
func (a PersonArg) Listed(c *router.Context, h *bot.Handle, wxid string) Listed {
	return Listed{Person: wxid, Name: h.Contacts().Contact(c, c.Account(), wxid), Reason: "由负责人列入"}
}

// Find is the wxid of the person. If nobody is meant, it is empty, and the chat has been told so.
func (a PersonArg) Find(c *router.Context, h *bot.Handle) (wxid string, err error) {
	wxid, err = h.Contacts().Find(c, c.Account(), strings.TrimSpace(a.Name))
	if err != nil {
		return "", c.Reply("没有成功：" + err.Error())
	}
	return wxid, nil
}

// CheckPeople returns the mistakes in a list of people of a config struct that must name each of
// them: words that mean several are none.
func CheckPeople(field string, list []string) error {
	var errs []error
	for i, who := range list {
		if slices.Contains([]string{"", All, Owners, Admins}, who) {
			err := phrase.Errorf("%q is nobody: write wxids or names", who)
			errs = append(errs, &FieldError{Field: fmt.Sprintf("%s[%d]", field, i), Err: err})
		}
	}
	return errors.Join(errs...)
}
