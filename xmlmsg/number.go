package xmlmsg

import (
	"math"
	"strconv"
	"strings"
)

// ParseID reads an id exactly, in any notation: 12, 12.0, 1.2e1. The value never passes through a
// float. Anything but a whole number of 64 bits gives 0, so that two messages never share an id
// because their ids were truncated.
func ParseID(s string) uint64 {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0
	}
	if digits(s) == len(s) {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			return 0
		}
		return n
	}
	d, rest := readDecimal(s)
	if rest != "" || d.negative || d.exponent < 0 {
		return 0
	}
	return d.whole()
}

// ParseInt reads a number that counts something, such as a size, a time or a code. It drops the
// fraction. Anything that is not a number, or does not fit, gives 0.
func ParseInt(s string) int64 {
	s = strings.TrimSpace(s)
	if d, rest := readDecimal(s); rest == "" {
		return d.int64()
	}
	return 0
}

// decimal is a number as written: digits × 10^exponent. The digits neither begin nor end with a
// zero; those of 0 are empty.
type decimal struct {
	negative bool
	digits   string
	exponent int
}

// maxExponent bounds an exponent; a number beyond it is 0 or does not fit.
const maxExponent = 1 << 30

// readDecimal reads the number at the start of s and returns what follows it. If there is no
// number, rest is s.
func readDecimal(s string) (d decimal, rest string) {
	rest, d.negative = strings.CutPrefix(s, "-")
	n := digits(rest)
	if n == 0 {
		return decimal{}, s
	}
	d.digits, rest = rest[:n], rest[n:]
	if fraction, found := strings.CutPrefix(rest, "."); found {
		if n := digits(fraction); n > 0 {
			if strings.Trim(fraction[:n], "0") != "" {
				d.digits += fraction[:n]
				d.exponent = -n
			}
			rest = fraction[n:]
		}
	}
	exponent, rest := cutExponent(rest)
	d.exponent += exponent
	d.digits = strings.TrimLeft(d.digits, "0")
	short := strings.TrimRight(d.digits, "0")
	d.exponent += len(d.digits) - len(short)
	d.digits = short
	if short == "" {
		d.exponent = 0
	}
	return d, rest
}

// cutExponent reads an exponent such as e+18 at the start of s, and returns what follows it. If
// there is none, it is 0.
func cutExponent(s string) (exponent int, rest string) {
	if s == "" || s[0] != 'e' && s[0] != 'E' {
		return 0, s
	}
	number := s[1:]
	negative := strings.HasPrefix(number, "-")
	if negative || strings.HasPrefix(number, "+") {
		number = number[1:]
	}
	n := digits(number)
	if n == 0 {
		return 0, s
	}
	exponent, err := strconv.Atoi(number[:n])
	if err != nil || exponent > maxExponent {
		exponent = maxExponent
	}
	if negative {
		exponent = -exponent
	}
	return exponent, number[n:]
}

// whole returns the number without its sign and fraction, or 0 if it does not fit.
func (d decimal) whole() uint64 {
	length := len(d.digits) + d.exponent
	if length <= 0 || length > 20 { // 2^64 has 20 digits
		return 0
	}
	text := d.digits
	if d.exponent > 0 {
		text += strings.Repeat("0", d.exponent)
	}
	n, err := strconv.ParseUint(text[:length], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (d decimal) int64() int64 {
	n := d.whole()
	switch {
	case n > math.MaxInt64:
		return 0
	case d.negative:
		return -int64(n)
	}
	return int64(n)
}

// toInt64 reads the number at the start of s and ignores what follows: "10>>" is 10, "1080.0" is
// 1080. It returns 0 if there is no number, or if it is too large.
func toInt64(s string) int64 {
	d, _ := readDecimal(strings.TrimSpace(s))
	return d.int64()
}

func toInt(s string) int { return int(toInt64(s)) }

// digits returns the number of digits at the start of s.
func digits(s string) int {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return i
}
