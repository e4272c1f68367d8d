package args_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/router/internal/args"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// now is a Wednesday.
var now = time.Date(2026, 3, 18, 10, 30, 0, 0, time.FixedZone("CST", 8*60*60))

// people are known by these names.
func people(name string, _ int) (xmlmsg.Person, bool) {
	id := map[string]string{"Li Si": "wxid_lisi", "王五": "wxid_wangwu", "wxid_wangwu": "wxid_wangwu"}[name]
	return xmlmsg.Person{Username: id, Nickname: name}, id != ""
}

func parse[T any](t *testing.T, text string, quoted xmlmsg.Payload) (T, error) {
	t.Helper()
	s, err := args.Of(reflect.TypeFor[T]())
	require.NoError(t, err)
	v, err := s.Parse(args.Input{Text: text, Now: now, Person: people, Quoted: quoted})
	return v.Interface().(T), err //nolint:wrapcheck // a test
}

func sentence(t *testing.T, err error) string {
	t.Helper()
	var mistake *args.Error
	require.ErrorAs(t, err, &mistake)
	return mistake.Sentence(true)
}

// signup is the struct of the manual.
type signup struct {
	Name  string   `arg:"" help:"名字"`
	Count int      `arg:"" default:"1" help:"人数"`
	Day   string   `arg:"日子,flag" enum:"周六,周日"`
	Quiet bool     `arg:"匿名,flag"`
	Tags  []string `arg:"标签,optional"`
}

func TestWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]signup{
		"张三":                    {Name: "张三", Count: 1},
		"张三 2":                  {Name: "张三", Count: 2},
		"张三　２人":                 {Name: "张三", Count: 2},
		"张三 两位":                 {Name: "张三", Count: 2},
		"张三 三十二":                {Name: "张三", Count: 32},
		`"张 三" 2`:               {Name: "张 三", Count: 2},
		"“张 三” 2":               {Name: "张 三", Count: 2},
		"“张 三“ 2":               {Name: "张 三", Count: 2}, // what a phone makes of it
		"「张 三」 2":               {Name: "张 三", Count: 2},
		"‘张 三’":                 {Name: "张 三", Count: 1},
		"'张 三'":                 {Name: "张 三", Count: 1},
		`O'Neill`:               {Name: "O'Neill", Count: 1},
		"张三 2 a、b，c d":          {Name: "张三", Count: 2, Tags: []string{"a", "b", "c", "d"}},
		"张三 2 “a，b” c":          {Name: "张三", Count: 2, Tags: []string{"a，b", "c"}},
		"--匿名 张三":               {Name: "张三", Count: 1, Quiet: true},
		"张三 —匿名":                {Name: "张三", Count: 1, Quiet: true}, // two dashes, as a phone writes them
		"张三 2 a --日子=周六 ":       {Name: "张三", Count: 2, Tags: []string{"a"}, Day: "周六"},
		"张三 日子：周日":              {Name: "张三", Count: 1, Day: "周日"},
		"张三 --日子 周日 --匿名 3":     {Name: "张三", Count: 3, Day: "周日", Quiet: true},
		"时间：下午 1":               {Name: "时间：下午", Count: 1},
		"张三 -2":                 {Name: "张三", Count: -2},
		"\"--匿名\" 1":            {Name: "--匿名", Count: 1},
		"\xff 1":                {Name: "\xff", Count: 1},
		"@王五 1":                 {Name: "@王五", Count: 1},
		"   张三 \n 2　\t a，，b 、 ": {Name: "张三", Count: 2, Tags: []string{"a", "b"}},
	} {
		got, err := parse[signup](t, text, nil)
		if assert.NoError(t, err, "%q", text) {
			assert.Equal(t, want, got, "%q", text)
		}
	}
	for text, want := range map[string]string{
		"":                   "还缺“名字”。",
		"张三 x":               "“人数”要写数字，“x”不是数字。",
		"张三 1.5":             "“人数”要写整数，“1.5”不是整数。",
		"张三 1e30":            "“人数”的数字“1e30”超出了范围。",
		"张三 日子=周一":           "“日子”只能是周六、周日，不能写“周一”。",
		"张三 --name":          "没有“--name”这个选项，可用的有：--日子、--匿名。",
		"张三 --日子":            "选项“日子”后面要写内容。",
		"张三 --匿名 --匿名":       "“匿名”写了两次。",
		"“张三":                "引号没有成对。",
		"张三 --匿名=也许":         "“匿名”要写“是”或“否”，不能写“也许”。",
		"张三 \x1b[31m" + long: "“人数”要写数字，“ [31mxxxxxxxxxxxxxxx…”不是数字。",
	} {
		_, err := parse[signup](t, text, nil)
		assert.Equal(t, want, sentence(t, err), "%q", text)
	}
}

var long = strings.Repeat("x", 30)

func TestKindsOfArguments(t *testing.T) {
	t.Parallel()
	type invite struct {
		Who  xmlmsg.Person
		Text string `arg:"内容,rest"`
	}
	got, err := parse[invite](t, "@Li Si\u2005 明天 见 “老地方” --x", nil)
	require.NoError(t, err)
	assert.Equal(t, invite{xmlmsg.Person{Username: "wxid_lisi", Nickname: "Li Si"}, "明天 见 “老地方” --x"}, got)
	got, err = parse[invite](t, "wxid_wangwu “明天 见”", nil)
	require.NoError(t, err)
	assert.Equal(t, invite{xmlmsg.Person{Username: "wxid_wangwu", Nickname: "wxid_wangwu"}, "明天 见"}, got)
	_, err = parse[invite](t, "@谁 明天", nil)
	assert.Equal(t, "“Who”要 @ 一个人；找不到“谁”是谁。", sentence(t, err))

	type team struct {
		People []xmlmsg.Person
		Weight *float64 `arg:"重量,flag"`
		On     bool     `arg:"开关,optional"`
	}
	_, err = parse[team](t, "", nil)
	assert.Equal(t, "还缺“People”。", sentence(t, err))
	two, err := parse[team](t, "@王五\u2005 是 --重量=２.5", nil)
	require.NoError(t, err)
	assert.True(t, two.On)
	assert.Len(t, two.People, 1)
	assert.InDelta(t, 2.5, *two.Weight, 0)

	type send struct {
		File *xmlmsg.File `arg:"文件"`
		To   string
	}
	file := &xmlmsg.File{Name: "a.xlsx"}
	sent, err := parse[send](t, "A", file)
	require.NoError(t, err)
	assert.Same(t, file, sent.File)
	for _, quoted := range []xmlmsg.Payload{nil, &xmlmsg.Image{}} {
		_, err = parse[send](t, "A", quoted)
		assert.Equal(t, "请先引用要处理的消息（文件），再发这条命令。", sentence(t, err))
	}
	_, err = parse[send](t, "A B", file)
	assert.Equal(t, "“B”是多出来的。内容里有空格的话，请用引号括起来。", sentence(t, err))

	type own struct{ Level level }
	o, err := parse[own](t, "高", nil)
	require.NoError(t, err)
	assert.Equal(t, level(3), o.Level)
	_, err = parse[own](t, "？", nil)
	assert.Equal(t, "“Level”不能写“？”。", sentence(t, err))
	require.ErrorIs(t, err, errLevel)
}

// level is a type of a program that reads itself.
type level int

var errLevel = errors.New("no level")

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *level) UnmarshalText(text []byte) error {
	if string(text) != "高" {
		return errLevel
	}
	*l = 3
	return nil
}

func TestDurations(t *testing.T) {
	t.Parallel()
	type mute struct{ For time.Duration }
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"30m": 30 * time.Minute, "1h30m": 90 * time.Minute, "7d": 7 * day, "2小时": 2 * time.Hour, "半小时": 30 * time.Minute,
		"半个小时": 30 * time.Minute, "一个半小时": 90 * time.Minute, "两小时半": 150 * time.Minute, "1小时30分": 90 * time.Minute,
		"2 小时": 2 * time.Hour, "1 小时 30 分钟": 90 * time.Minute, "３０分钟": 30 * time.Minute, "一刻钟": 15 * time.Minute,
		"半天": 12 * time.Hour, "3 days": 3 * day, "两周": 14 * day, "一个星期": 7 * day, "1.5h": 90 * time.Minute, "90秒": 90 * time.Second,
		"10 Min": 10 * time.Minute, "1w": 7 * day, "一分零五秒": 65 * time.Second, "500ms": 500 * time.Millisecond, "0s": 0,
	} {
		got, err := parse[mute](t, text, nil)
		if assert.NoError(t, err, "%q", text) {
			assert.Equal(t, want, got.For, "%q", text)
		}
	}
	for _, text := range []string{"30", "m", "半", "1m2h", "9999999999d", "一会儿", "-5m", "半半小时", "1h x", "一个半小时半", "1..5h"} {
		_, err := parse[mute](t, text, nil)
		assert.Error(t, err, "%q", text)
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	type remind struct {
		At   time.Time
		Text string `arg:",rest,optional"`
	}
	for text, want := range map[string]string{
		"15:30": "2026-03-18 15:30:00", "9:00": "2026-03-19 09:00:00", "9：00": "2026-03-19 09:00:00", "15:30:05": "2026-03-18 15:30:05",
		"下午3点": "2026-03-18 15:00:00", "下午三点半": "2026-03-18 15:30:00", "晚上8点一刻": "2026-03-18 20:15:00", "中午12点": "2026-03-18 12:00:00",
		"中午1点": "2026-03-18 13:00:00", "凌晨2点": "2026-03-19 02:00:00", "晚上12点": "2026-03-19 00:00:00", "十点四十分": "2026-03-18 10:40:00",
		"今晚8点": "2026-03-18 20:00:00", "明早七点": "2026-03-19 07:00:00", "明天9点": "2026-03-19 09:00:00", "明天 9:00": "2026-03-19 09:00:00",
		"明天 下午 3点": "2026-03-19 15:00:00", "后天": "2026-03-20 00:00:00", "大后天10点": "2026-03-21 10:00:00", "今天9点": "2026-03-18 09:00:00",
		"周五 18:00": "2026-03-20 18:00:00", "周三 9:00": "2026-03-25 09:00:00", "周三 11:00": "2026-03-18 11:00:00", "周一": "2026-03-23 00:00:00",
		"下周一9点": "2026-03-23 09:00:00", "本周日": "2026-03-22 00:00:00", "星期天上午10点": "2026-03-22 10:00:00",
		"1月31日": "2027-01-31 00:00:00", "4月1日 8:00": "2026-04-01 08:00:00", "2027-01-31": "2027-01-31 00:00:00",
		"2027-01-31 15:04": "2027-01-31 15:04:00", "2027年1月31日下午3点": "2027-01-31 15:00:00", "2027/1/31 15:04": "2027-01-31 15:04:00",
		"2027-01-31T15:04:05+08:00": "2027-01-31 15:04:05", "半小时后": "2026-03-18 11:00:00", "2小时之后": "2026-03-18 12:30:00",
		"in 30m": "2026-03-18 11:00:00", "tomorrow 9:00": "2026-03-19 09:00:00", "Tomorrow 3pm": "2026-03-19 15:00:00",
		"8:00 pm": "2026-03-18 20:00:00",
	} {
		got, err := parse[remind](t, text, nil)
		if assert.NoError(t, err, "%q", text) {
			assert.Equal(t, want, got.At.Format(time.DateTime), "%q", text)
			assert.Empty(t, got.Text, "%q", text)
		}
	}
	got, err := parse[remind](t, "明天 9点 开会 15:00", nil)
	require.NoError(t, err)
	assert.Equal(t, "2026-03-19 09:00:00", got.At.Format(time.DateTime))
	assert.Equal(t, "开会 15:00", got.Text)
	for _, text := range []string{"25:00", "9", "明", "2月30日", "2027-13-01", "13点70分", "下午", "24:30", "13:00 pm", "晚点"} {
		_, err := parse[struct{ At time.Time }](t, text, nil)
		assert.Error(t, err, "%q", text)
	}
}

func TestMistakesInStructs(t *testing.T) {
	t.Parallel()
	for want, typ := range map[string]reflect.Type{
		"and int is none":       reflect.TypeFor[int](),
		"and time.Time is none": reflect.TypeFor[time.Time](),
		"cannot be a map[":      reflect.TypeFor[struct{ M map[string]int }](),
		"not exported": reflect.TypeFor[struct {
			name string `arg:"x"`
		}](),
		"it is embedded": reflect.TypeFor[struct{ signup1 }](),
		`has the word "later"`: reflect.TypeFor[struct {
			A string `arg:"a,later"`
		}](),
		`the default "x"`: reflect.TypeFor[struct {
			A int `default:"x"`
		}](),
		"has no default": reflect.TypeFor[struct {
			P xmlmsg.Person `default:"x"`
		}](),
		"A of struct": reflect.TypeFor[struct {
			A string `arg:",optional"`
			B string
		}](),
		"takes the rest": reflect.TypeFor[struct {
			A string `arg:",rest"`
			B string
		}](),
		"rest is for a string": reflect.TypeFor[struct {
			A int `arg:",rest"`
		}](),
		"two flags": reflect.TypeFor[struct {
			A bool `arg:"x,flag"`
			B bool `arg:"X,flag"`
		}](),
		"it may only be optional": reflect.TypeFor[struct {
			F *xmlmsg.File `arg:",flag"`
		}](),
		"make it a list": reflect.TypeFor[struct{ L *[]string }](),
	} {
		_, err := args.Of(typ)
		assert.ErrorContains(t, err, want)
	}
}

type signup1 struct{ Signup string }

func TestUsage(t *testing.T) {
	t.Parallel()
	s, err := args.Of(reflect.TypeFor[signup]())
	require.NoError(t, err)
	assert.Equal(t, "<名字> [人数] [标签…] [--日子=…] [--匿名]", s.Usage())
	assert.Equal(t, []string{"人数（默认：1）", "日子：周六、周日"}, s.Details(true))
	assert.Equal(t, []string{"人数 (default: 1)", "日子: 周六, 周日"}, s.Details(false))
}
