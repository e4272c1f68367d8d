package plugin

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// Clock is a time of the day, to the minute: 09:00.
type Clock struct{ Hour, Minute int }

// UnmarshalText reads 9:00 or 09:00.
func (c *Clock) UnmarshalText(text []byte) error {
	t, err := time.Parse("15:04", strings.TrimSpace(string(text)))
	if err != nil {
		return phrase.Errorf("%q is not a time of the day: write 09:00", text)
	}
	c.Hour, c.Minute = t.Hour(), t.Minute()
	return nil
}

// Cron is the time as a schedule that runs on every day.
func (c Clock) Cron() string { return fmt.Sprintf("%d %d * * *", c.Minute, c.Hour) }

// Before is the time of the day so much earlier, of the day before if need be.
func (c Clock) Before(d time.Duration) Clock {
	const day = 24 * 60
	minutes := (c.Hour*60 + c.Minute - int(d.Minutes())%day + day) % day
	return Clock{minutes / 60, minutes % 60}
}

// name is that of a schedule at the time.
func (c Clock) name() string { return strings.ReplaceAll(c.Cron(), " ", "_") }

// Days are days of the calendar: weekdays, and those of a list. Config structs embed it.
type Days struct {
	Days     []string `yaml:"days" default:"all" help:"The days: all, workdays, weekends, holidays, or days of the week such as mon or 周一."`
	Holidays []string `yaml:"holidays" help:"Days without work, such as 2026-10-01, or 2026-10-01..2026-10-07. They are no workdays."`
	Working  []string `yaml:"working" help:"Days at a weekend that are workdays, written like holidays."`
}

// Check returns the mistakes in the lists.
func (d Days) Check() error {
	var errs []error
	for i, word := range d.Days {
		if _, known := weekday(word); !known && !slices.Contains([]string{All, "workdays", "weekends", "holidays"}, word) {
			errs = append(errs, &FieldError{fmt.Sprintf("days[%d]", i),
				phrase.Errorf("%q is no day: write all, workdays, weekends, holidays, or days such as mon or 周一", word)})
		}
	}
	for field, list := range map[string][]string{"holidays": d.Holidays, "working": d.Working} {
		for i, text := range list {
			if _, _, err := span(text); err != nil {
				errs = append(errs, &FieldError{fmt.Sprintf("%s[%d]", field, i), err})
			}
		}
	}
	if slices.Contains(d.Days, "holidays") && len(d.Holidays) == 0 {
		errs = append(errs, &FieldError{"holidays", errors.New("it is empty, and days names holidays: no list is built in")})
	}
	return errors.Join(errs...)
}

// Has reports whether a day, in its own time zone, is one of the days.
func (d Days) Has(day time.Time) bool {
	holiday, weekend := within(day, d.Holidays), day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	working := !holiday && (!weekend || within(day, d.Working))
	return slices.ContainsFunc(d.Days, func(word string) bool {
		switch word {
		case All:
			return true
		case "workdays":
			return working
		case "weekends":
			return weekend && !working
		case "holidays":
			return holiday
		}
		w, known := weekday(word)
		return known && w == day.Weekday()
	})
}

// weekday reads mon, monday, 周一, 星期一 and 礼拜一.
func weekday(word string) (time.Weekday, bool) {
	word = strings.ToLower(strings.TrimSpace(word))
	for d := time.Sunday; d <= time.Saturday; d++ {
		name := strings.ToLower(d.String())
		if word == name || word == name[:3] {
			return d, true
		}
		for _, prefix := range []string{"周", "星期", "礼拜"} {
			number, found := strings.CutPrefix(word, prefix)
			if found && (number == string([]rune("日一二三四五六")[d]) || number == "天" && d == time.Sunday) {
				return d, true
			}
		}
	}
	return 0, false
}

// span reads 2026-10-01 and 2026-10-01..2026-10-07: the first and the last day.
func span(text string) (first, last time.Time, err error) {
	from, to, ranged := strings.Cut(text, "..")
	if !ranged {
		to = from
	}
	first, err = time.Parse(time.DateOnly, strings.TrimSpace(from))
	if err == nil {
		last, err = time.Parse(time.DateOnly, strings.TrimSpace(to))
	}
	if err != nil || last.Before(first) {
		return first, last, phrase.Errorf("%q is no day: write 2026-10-01, or 2026-10-01..2026-10-07", text)
	}
	return first, last, nil
}

func within(day time.Time, spans []string) bool {
	date := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
	return slices.ContainsFunc(spans, func(text string) bool {
		first, last, err := span(text)
		return err == nil && !date.Before(first) && !date.After(last)
	})
}
