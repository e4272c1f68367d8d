package args

import (
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/matching"
)

// The parts of a time. A day comes first, then the time of the day.
var (
	dayWord  = regexp.MustCompile(`^(今天|今日|明天|明日|大后天|后天|昨天|today|tomorrow|yesterday)`)
	weekday  = regexp.MustCompile(`^(下|这个?|本)?(?:周|星期|礼拜)([一二三四五六日天])`)
	fullDate = regexp.MustCompile(`^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})[日号]?`)
	monthDay = regexp.MustCompile(`^([0-9]{1,2})(?:[-/]|月)([0-9]{1,2})[日号]?`)
	clock    = regexp.MustCompile(`^(凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里)?\s*(?:([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?|` +
		`([0-9]{1,2}|[零一二两三四五六七八九十]{1,3})[点时](?:(半|一刻|三刻|整)|([0-9]{1,2}|[零一二三四五六七八九十]{1,3})分?)?|([0-9]{1,2}))\s*(am|pm)?$`)
	later = regexp.MustCompile(`^(?:in\s+)?(.+?)(之后|以后|后|\s+later)?$`)
)

// short has the words that stand for a day and a part of it.
var short = strings.NewReplacer("今晚", "今天晚上", "明晚", "明天晚上", "今早", "今天早上", "明早", "明天早上", "tonight", "today晚上")

// parseTime reads "15:30", "下午3点半", "明天 9点", "周五 18:00", "1月31日", "2027-01-31 15:04", "半小时后"
// and RFC 3339. A time of the day without a day is the next one; a day without a time begins.
func parseTime(text string, now time.Time) (time.Time, bool) {
	text = strings.TrimSpace(text)
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, true
	}
	text = short.Replace(matching.Fold(text))
	if m := later.FindStringSubmatch(text); m != nil && (m[2] != "" || strings.HasPrefix(text, "in ")) {
		if d, ok := parseDuration(m[1]); ok {
			return now.Add(d), true
		}
	}
	day, rest, found, ok := parseDay(text, now)
	if !ok {
		return time.Time{}, false
	}
	rest = strings.TrimPrefix(strings.TrimLeft(rest, " ,，的"), "t")
	if rest == "" {
		return day.at(0, 0, 0), found
	}
	h, m, s, ok := parseClock(rest, found)
	if !ok {
		return time.Time{}, false
	}
	t := day.at(h, m, s)
	if day.next > 0 && t.Before(now) { // a time of the day, or a weekday, that has passed
		day.date = day.date.AddDate(0, 0, day.next)
		t = day.at(h, m, s)
	}
	return t, true
}

// when is a day. next is how many days later the next of its kind is; 0 if there is none.
type when struct {
	date time.Time
	next int
}

func (d when) at(h, m, s int) time.Time {
	year, month, day := d.date.Date()
	return time.Date(year, month, day, h, m, s, 0, d.date.Location())
}

// parseDay reads the day with which a text begins; without one it is today, or the day after.
func parseDay(text string, now time.Time) (d when, rest string, found, ok bool) {
	if m := dayWord.FindString(text); m != "" {
		days := map[string]int{
			"明天": 1, "明日": 1, "后天": 2, "大后天": 3, "昨天": -1, "tomorrow": 1, "yesterday": -1,
		}
		return when{date: now.AddDate(0, 0, days[m])}, text[len(m):], true, true
	}
	if m := weekday.FindStringSubmatch(text); m != nil {
		return dayOfWeek(m[1], m[2], now), text[len(m[0]):], true, true
	}
	if m := fullDate.FindStringSubmatch(text); m != nil {
		date, ok := dateOf(number(m[1]), number(m[2]), number(m[3]), now)
		return when{date: date}, text[len(m[0]):], true, ok
	}
	if m := monthDay.FindStringSubmatch(text); m != nil {
		date, ok := dateOf(now.Year(), number(m[1]), number(m[2]), now)
		if ok && date.Before(when{date: now}.at(0, 0, 0)) || !ok { // February 29 may be next year's
			date, ok = dateOf(now.Year()+1, number(m[1]), number(m[2]), now)
		}
		return when{date: date}, text[len(m[0]):], true, ok
	}
	return when{date: now, next: 1}, text, false, true
}

// dayOfWeek is a day of this week or the next, or the next day of that name. Weeks begin on Monday.
func dayOfWeek(which, name string, now time.Time) when {
	wanted := map[string]int{"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}[name]
	ahead := wanted - (int(now.Weekday())+6)%7
	switch {
	case which == "下":
		return when{date: now.AddDate(0, 0, ahead+7)}
	case which != "":
		return when{date: now.AddDate(0, 0, ahead)}
	case ahead < 0:
		ahead += 7
	}
	return when{date: now.AddDate(0, 0, ahead), next: 7}
}

func dateOf(year, month, day int, now time.Time) (time.Time, bool) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, now.Location())
	return t, t.Year() == year && int(t.Month()) == month && t.Day() == day
}

// parseClock reads a time of the day. A bare number is an hour only after a day, or before am or
// pm.
func parseClock(text string, day bool) (h, m, s int, ok bool) {
	p := clock.FindStringSubmatch(text)
	if p == nil {
		return 0, 0, 0, false
	}
	part, half := p[1], p[9]
	switch {
	case p[2] != "":
		h, m, s = number(p[2]), number(p[3]), number(p[4])
	case p[5] != "":
		h, m = number(p[5]), number(p[7])
		m += map[string]int{"半": 30, "一刻": 15, "三刻": 45}[p[6]]
	case half == "" && (!day || part == ""):
		return 0, 0, 0, false
	default:
		h = number(p[8])
	}
	h, ok = hourOf(h, part, half)
	return h, m, s, ok && h <= 24 && m < 60 && s < 60 && (h < 24 || m+s == 0)
}

// hourOf is the hour of 24 of an hour with a part of the day.
func hourOf(h int, part, half string) (int, bool) {
	if half != "" && (h < 1 || h > 12) {
		return 0, false
	}
	switch {
	case half == "am" && h == 12:
		return 0, true
	case half == "pm" && h < 12:
		return h + 12, true
	}
	switch part {
	case "凌晨":
		if h == 12 {
			return 0, true
		}
	case "中午":
		if h < 11 {
			return h + 12, true
		}
	case "下午", "傍晚":
		if h < 12 {
			return h + 12, true
		}
	case "晚上", "夜里":
		switch {
		case h == 12:
			return 24, true
		case h < 12 && h > 4:
			return h + 12, true
		}
	}
	return h, true
}

// number reads digits, or a Chinese number; nothing is 0.
func number(text string) int {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	n, _ := parseChinese(text)
	return int(n)
}

func readTime(v reflect.Value, w word, in Input) *Error {
	t, ok := parseTime(w.text, in.Now)
	if !ok {
		return &Error{problem: noTime}
	}
	v.Set(reflect.ValueOf(t))
	return nil
}
