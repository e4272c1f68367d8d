package router

import (
	"errors"
	"strconv"
	"strings"

	"github.com/hongyan-go/hongyan/internal/journal"
	"github.com/hongyan-go/hongyan/store"
)

// takenByForm reports whether an open form of an account takes the event as its answer, or has just
// taken it: several accounts of one bot may get the same message in a group, and have forms of
// their own there.
func (c *Context) takenByForm(appID string) (bool, error) {
	if !c.hasForm() {
		return false, nil
	}
	e := c.Event
	f, _, err := c.journal().Load(c, formKey(appID, e))
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, journal.ErrUnreadable): // of a later version of this program
		return false, nil
	case err != nil:
		return false, formError(err)
	case c.journal().Waits(f, e.Time) && c.fits(f):
		return true, nil
	}
	return e.NewMsgID != 0 && strings.HasSuffix(f.Last, ":"+strconv.FormatUint(e.NewMsgID, 10)), nil
}
