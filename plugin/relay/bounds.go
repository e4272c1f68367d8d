package relay

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
)

// mostSuffixes bounds how many endings of a text are compared with what was repeated.
const mostSuffixes = 8

// isEcho reports whether a text is, or ends with, one that was repeated lately: another bot, or a
// person, has brought it back. Its beginning may be the prefix of that bot.
func (p *part) isEcho(c *router.Context, text string) (echo bool, err error) {
	for range mostSuffixes {
		if echo, err = c.Store().Get(c, "echo/"+fingerprint(text), &echo); err != nil || echo {
			if echo {
				c.Logger().Info("not repeated: it was repeated before")
			}
			return echo, err
		}
		i := strings.IndexAny(text, ":：\n")
		if i < 0 {
			break
		}
		text = strings.TrimLeft(text[i:], ":：\n ")
	}
	return false, nil
}

// fingerprint identifies a text, without regard to white space.
func fingerprint(text string) string {
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(text), " ")))
	return hex.EncodeToString(sum[:12])
}

// sent is what went out of late.
type sent struct {
	Minute []time.Time `json:"minute"` // one for each message
	Day    string      `json:"day"`
	N      int         `json:"n"` // on that day
	// Sources has, for each group, one time for each turn of its people that was repeated.
	Sources map[string][]time.Time `json:"sources,omitempty"`
}

// lately are those of some times that are not a minute ago.
func lately(times []time.Time, now time.Time) []time.Time {
	for len(times) > 0 && now.Sub(times[0]) >= time.Minute {
		times = times[1:]
	}
	return times
}

// room takes the room for n messages. It returns how long to wait if there is none now, and less
// than 0 if there is none today.
func (p *part) room(t *bot.Task[turn], n int) (time.Duration, error) {
	return router.Remember(t.Context, "room", func() (wait time.Duration, err error) {
		now := t.Now()
		_, err = router.Update(t, t.Store(), "sent", 48*time.Hour, func(s sent) (sent, error) {
			wait = 0
			if day := now.Format(time.DateOnly); s.Day != day {
				s.Day, s.N = day, 0
			}
			s.Minute = lately(s.Minute, now)
			source := lately(s.Sources[t.Conversation().ID], now)
			perMinute, perDay, perSource := p.c.Caps.PerMinute, p.c.Caps.PerDay, p.c.Caps.PerSource
			switch {
			case perDay > 0 && s.N+n > perDay:
				wait = -1
			case perMinute > 0 && len(s.Minute) > 0 && len(s.Minute)+n > perMinute: // if one turn is more, it goes alone
				wait = s.Minute[0].Add(time.Minute).Sub(now)
			case perSource > 0 && len(source) >= perSource:
				wait = source[0].Add(time.Minute).Sub(now)
			default:
				s.N += n
				if perSource > 0 {
					if s.Sources == nil {
						s.Sources = map[string][]time.Time{}
					}
					s.Sources[t.Conversation().ID] = append(source, now)
				}
				for range n {
					s.Minute = append(s.Minute, now)
				}
			}
			return s, nil
		})
		if err != nil || wait >= 0 {
			return wait, err
		}
		t.Logger().Info("not repeated: caps.per_day is reached")
		first, err := t.Store().Claim(t, "full/"+now.Format(time.DateOnly), 48*time.Hour)
		if err != nil || !first {
			return wait, err
		}
		return wait, p.c.Tell(t, p.h, t.Account(), "群互通今天已经达到每日上限，之后的消息今天不再转发。")
	})
}
