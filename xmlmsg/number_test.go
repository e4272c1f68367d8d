package xmlmsg_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

func TestParseID(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]uint64{
		"12": 12, " 12 ": 12, "0": 0, "007": 7, "12.0": 12, "12.": 0, "12.5": 0, ".5": 0, "-1": 0, "+1": 0, "": 0, "x": 0, "12x": 0,
		"1 2": 0, "0x1F": 0, "2.2797797619694e+18": 2279779761969400000, "2.9512345678901E18": 2951234567890100000, "1E3": 1000,
		"1e+03": 1000, "1.5e0": 0, "15e-1": 0, "150e-1": 15, "1.8446744073709551615e19": math.MaxUint64,
		"18446744073709551615": math.MaxUint64, "18446744073709551616": 0, "1.8446744073709551616e19": 0, "1e400": 0, "1e-400": 0,
		"0e999999999999999999999": 0, "0.0e-5": 0, "1e99999999999999999999": 0, "1e": 0, "1e+": 0, "e5": 0, "-1e3": 0, "0.00001e5": 1,
		"1." + strings.Repeat("0", 50): 1, strings.Repeat("9", 1000): 0, strings.Repeat("0", 1000) + "9": 9, "1_000": 0, "NaN": 0, "Inf": 0,
	} {
		assert.Equal(t, want, xmlmsg.ParseID(text), text)
	}
}

func TestParseInt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"12": 12, "-12": -12, "12.9": 12, "-12.9": -12, "1.79e+09": 1790000000, "1.5e0": 1, "1e-3": 0, "1e400": 0, "-1e3": -1000,
		"9223372036854775807": math.MaxInt64,
		"9223372036854775808": 0, "-0": 0, "10>>": 0, "": 0, "1e5x": 0,
	} {
		assert.Equal(t, want, xmlmsg.ParseInt(text), text)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	size := func(text string) int64 {
		return xmlmsg.Parse(xmlmsg.Message{Type: 3, Content: `<msg><img length="` + text + `"/></msg>`}).(*xmlmsg.Image).Length
	}
	assert.Equal(t, []int64{10, 1080, 1500, 12}, []int64{size("10>>"), size("1080.0"), size("1.5e3"), size(" 12 ")})
	quote := xmlmsg.Parse(xmlmsg.Message{Type: 49,
		Content: app("57", "<refermsg><svrid>6.0000000000000000011e18</svrid></refermsg>")}).(*xmlmsg.Quote)
	assert.Zero(t, quote.Refer.NewMsgID, "no whole number")
}
