package args

import (
	"encoding"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hongyan-go/hongyan/internal/matching"
)

// reader reads a word into a value.
type reader func(v reflect.Value, w word, in Input) *Error

// readerOf is the reader of a type; nil if it cannot be an argument.
func readerOf(t reflect.Type) reader {
	switch {
	case t == durationType:
		return readDuration
	case t == timeType:
		return readTime
	case t == personType:
		return readPerson
	case reflect.PointerTo(t).Implements(textType):
		return readText
	}
	switch t.Kind() {
	case reflect.String:
		return readString
	case reflect.Bool:
		return readBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return readInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return readUint
	case reflect.Float32, reflect.Float64:
		return readFloat
	default:
		return nil
	}
}

func readString(v reflect.Value, w word, _ Input) *Error {
	v.SetString(w.text)
	return nil
}

func readText(v reflect.Value, w word, _ Input) *Error {
	if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(w.text)); err != nil {
		return &Error{problem: refused, cause: err}
	}
	return nil
}

func readBool(v reflect.Value, w word, _ Input) *Error {
	switch matching.Fold(w.text) {
	case "是", "对", "要", "开", "有", "yes", "y", "true", "on", "1":
		v.SetBool(true)
	case "否", "不", "不是", "不要", "关", "没有", "no", "n", "false", "off", "0":
		v.SetBool(false)
	default:
		return &Error{problem: noYesNo}
	}
	return nil
}

// plainNumber is a number in ASCII digits, without a word that counts things after it: "３人" is 3.
func plainNumber(text string) string {
	text = matching.Fold(text)
	if last, n := utf8.DecodeLastRuneInString(text); n < len(text) && strings.ContainsRune("个人位份次张件名组条", last) {
		text = text[:len(text)-n]
	}
	return text
}

func readInt(v reflect.Value, w word, _ Input) *Error {
	text := plainNumber(w.text)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		chinese, ok := parseChinese(text)
		if !ok {
			return notInt(text)
		}
		n = chinese
	}
	if v.OverflowInt(n) {
		return &Error{problem: outside}
	}
	v.SetInt(n)
	return nil
}

func readUint(v reflect.Value, w word, _ Input) *Error {
	text := plainNumber(w.text)
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		chinese, ok := parseChinese(text)
		if !ok {
			return notInt(text)
		}
		n = uint64(chinese) //nolint:gosec // it is not negative
	}
	if v.OverflowUint(n) {
		return &Error{problem: outside}
	}
	v.SetUint(n)
	return nil
}

// notInt says why a text is not a whole number that a field can have.
func notInt(text string) *Error {
	f, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || math.IsNaN(f) || math.IsInf(f, 0):
		return &Error{problem: noNumber}
	case f == math.Trunc(f):
		return &Error{problem: outside}
	}
	return &Error{problem: noWhole}
}

func readFloat(v reflect.Value, w word, _ Input) *Error {
	text := plainNumber(w.text)
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		n, ok := parseChinese(text)
		if !ok {
			return &Error{problem: noNumber}
		}
		f = float64(n)
	}
	if math.IsNaN(f) || math.IsInf(f, 0) || v.OverflowFloat(f) {
		return &Error{problem: noNumber}
	}
	v.SetFloat(f)
	return nil
}

func readPerson(v reflect.Value, w word, in Input) *Error {
	last := 0
	if w.mention {
		last = 1
	}
	if in.Person == nil {
		return &Error{problem: noPerson}
	}
	p, ok := in.Person(w.text, last)
	if !ok {
		return &Error{problem: noPerson}
	}
	v.Set(reflect.ValueOf(p))
	return nil
}

// The words of Chinese numbers.
const chineseDigits = "零一二三四五六七八九"

// parseChinese reads a whole number in Chinese words, such as 三十二 or 两百, below 100 million.
func parseChinese(text string) (int64, bool) {
	if text == "" || utf8.RuneCountInString(text) > 16 {
		return 0, false
	}
	var total, section, digit int64
	unit, seen := int64(math.MaxInt64), false // the last unit: they fall
	for _, r := range text {
		d := int64(strings.Index(chineseDigits, string(r))) / 3
		switch {
		case r == '两':
			d = 2
		case r == '〇':
			d = 0
		case strings.ContainsRune(chineseDigits, r):
		default:
			u, ok := map[rune]int64{'十': 10, '百': 100, '千': 1000, '万': 10_000}[r]
			switch {
			case !ok, u >= unit && u != 10_000, u == 10_000 && (total > 0 || section+digit == 0):
				return 0, false
			case u == 10_000:
				total, section, digit, unit, seen = (section+digit)*u, 0, 0, u, false
				continue
			case digit == 0 && (u != 10 || section > 0 || total > 0): // 十二 begins with its unit
				return 0, false
			case digit == 0:
				digit = 1
			}
			section, digit, unit, seen = section+digit*u, 0, u, false
			continue
		}
		if seen && digit != 0 { // two digits in a row
			return 0, false
		}
		digit, seen = d, true
	}
	return total + section + digit, true
}
