package args

import (
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/matching"
)

// spanPattern is one part of a duration: "30m", "一个半小时", "两小时半".
var spanPattern = regexp.MustCompile(`^\s*(半|[0-9]+(?:\.[0-9]+)?|[零一二两三四五六七八九十百千]+)\s*(个?)(半?)\s*` +
	`(毫秒|秒钟?|分钟?|刻钟?|小时|钟头|天|日|周|星期|礼拜|milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)(半?)`)

// unitOf is the length of a unit, by the letters with which it begins.
func unitOf(unit string) time.Duration {
	const day = 24 * time.Hour
	switch {
	case unit == "毫秒", unit == "ms", strings.HasPrefix(unit, "milli"):
		return time.Millisecond
	case strings.HasPrefix(unit, "秒"), strings.HasPrefix(unit, "s"):
		return time.Second
	case strings.HasPrefix(unit, "分"), strings.HasPrefix(unit, "m"):
		return time.Minute
	case strings.HasPrefix(unit, "刻"):
		return 15 * time.Minute
	case unit == "小时", unit == "钟头", strings.HasPrefix(unit, "h"):
		return time.Hour
	case unit == "天", unit == "日", strings.HasPrefix(unit, "d"):
		return day
	}
	return 7 * day
}

// maxDuration bounds a duration: some 100 years, far from what a time.Duration can hold.
const maxDuration = 100 * 365 * 24 * time.Hour

// parseDuration reads "30m", "1h30m", "7d", "2小时", "半小时", "一个半小时", "1小时30分".
func parseDuration(text string) (time.Duration, bool) {
	text = matching.Fold(strings.TrimSpace(text))
	total, last := 0.0, math.Inf(1)
	for first := true; text != "" || first; first = false {
		m := spanPattern.FindStringSubmatch(text)
		if m == nil {
			return 0, false
		}
		text = strings.TrimPrefix(text[len(m[0]):], "零")
		n, ok := amount(m[1])
		unit := float64(unitOf(m[4]))
		switch {
		case !ok, unit >= last, m[1] == "半" && m[3] != "", m[3] != "" && m[5] != "":
			return 0, false
		case m[3] != "" || m[5] != "":
			n += 0.5
		}
		total, last = total+n*unit, unit
		if total > float64(maxDuration) {
			return 0, false
		}
		text = strings.TrimLeft(text, " ")
	}
	return time.Duration(math.Round(total)), true
}

// amount reads the number of a part.
func amount(text string) (float64, bool) {
	if text == "半" {
		return 0.5, true
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n, true
	}
	n, ok := parseChinese(text)
	return float64(n), ok
}

// Duration reads a duration as an argument has it; false if it is none.
func Duration(text string) (time.Duration, bool) { return parseDuration(text) }

func readDuration(v reflect.Value, w word, _ Input) *Error {
	d, ok := parseDuration(w.text)
	if !ok {
		return &Error{problem: noDuration}
	}
	v.SetInt(int64(d))
	return nil
}
