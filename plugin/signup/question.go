package signup

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Question is a question of a form. In a file, its text may stand for it.
type Question struct {
	Name     string   `yaml:"-"` // of its column
	Text     string   `yaml:"text" help:"What the bot asks."`
	Check    string   `yaml:"check" enum:"phone,number,date,image,file" help:"What the answer has to be; any text if it is absent."`
	Choice   []string `yaml:"choice" help:"The only answers that are possible."`
	Max      int      `yaml:"max" default:"100" help:"How many characters an answer may have."`
	Several  bool     `yaml:"several" default:"false" help:"Whether the answer may come in several messages, up to the word 完."`
	Optional bool     `yaml:"optional" default:"false" help:"Whether people may skip it, by the word 跳过."`
}

// UnmarshalShort reads the text of a question.
func (q *Question) UnmarshalShort(text string) error {
	q.Text = text
	return nil
}

// Questions are the questions of a form, in their order.
type Questions []Question

// UnmarshalConf reads questions by name. A map would lose their order.
func (qs *Questions) UnmarshalConf(d *conf.Document, path string, n conf.Node) {
	d.Named(path, n, func(name, at string, n conf.Node) error {
		q := Question{Name: name}
		d.Read(at, n, &q)
		*qs = append(*qs, q)
		return nil
	})
}

// ConfWords implements conf.Worded.
func (Questions) ConfWords() string { return "by name: section" }

// ConfSchema implements conf.Schemed.
func (Questions) ConfSchema() conf.Object {
	either := []any{conf.Object{"type": "string"}, conf.Schema(reflect.TypeFor[Question]())}
	return conf.Object{"type": "object", "additionalProperties": conf.Object{"oneOf": either}}
}

const (
	checkPhone, checkNumber, checkDate = "phone", "number", "date"
	checkImage, checkFile              = "image", "file"

	maxQuestions = 30
	maxAnswer    = 2000 // characters
	skip         = "跳过"
	complete     = "完"
)

// check completes the questions, and returns what is wrong with them.
func (qs Questions) check() error {
	var errs []error
	if len(qs) == 0 || len(qs) > maxQuestions {
		err := phrase.Errorf("there are %d questions, and it takes 1 to %d", len(qs), maxQuestions)
		errs = append(errs, &plugin.FieldError{Field: "ask", Err: err})
	}
	for i := range qs {
		q := &qs[i]
		conf.Defaults(q)
		wrong := func(field, text string) {
			errs = append(errs, &plugin.FieldError{Field: strings.TrimSuffix("ask."+q.Name+"."+field, "."), Err: errors.New(text)})
		}
		switch {
		case q.Name == "":
			wrong("", "a question has no name")
		case strings.TrimSpace(q.Text) == "":
			wrong("text", "it is missing")
		case !slices.Contains([]string{"", checkPhone, checkNumber, checkDate, checkImage, checkFile}, q.Check):
			wrong("check", fmt.Sprintf("%q is none of phone, number, date, image, file", q.Check))
		case q.isFile() && q.Choice != nil:
			wrong("choice", "a picture or a file is no choice")
		case q.Choice != nil && len(q.Choice) < 2:
			wrong("choice", "it takes two or more to choose from")
		case q.Several && (q.Check != "" || q.Choice != nil):
			wrong("several", "only a text without a check comes in several messages")
		case q.Max < 1 || q.Max > maxAnswer:
			wrong("max", fmt.Sprintf("it is not a number from 1 to %d", maxAnswer))
		}
	}
	return errors.Join(errs...)
}

// ask asks a question, the nth of the form; the answer to one that is skipped is empty.
func (q Question) ask(c *router.Context, n int, options []router.AskOption) (string, error) {
	text, choice := q.Text, q.Choice
	if q.Optional {
		text += "（可以回复“" + skip + "”）"
		choice = append(choice[:len(choice):len(choice)], skip)
	}
	var answer string
	var err error
	switch {
	case q.isFile():
		return q.askFile(c, n, text, options)
	case q.Several:
		return q.askSeveral(c, text, options)
	case q.Choice != nil:
		answer, err = c.Choose(text, choice, options...)
	default:
		answer, err = c.Ask(text, append(options[:len(options):len(options)], router.Valid(q.valid, ""))...)
	}
	if err != nil || q.Optional && answer == skip {
		return "", err
	}
	if q.Check == checkPhone {
		answer = phoneOf(answer)
	}
	return answer, nil
}

// askSeveral asks for an answer in one message or several.
func (q Question) askSeveral(c *router.Context, text string, options []router.AskOption) (string, error) {
	text += "（可以分几条发，发完回复“" + complete + "”）"
	whole := ""
	for {
		valid := func(part string) error {
			switch {
			case part == complete && whole == "":
				return errors.New("还没有内容，请先发一条。")
			case part == complete:
				return nil
			}
			return q.valid(whole + part)
		}
		part, err := c.Ask(text, append(options[:len(options):len(options)], router.Valid(valid, ""))...)
		switch {
		case err != nil:
			return "", err //nolint:wrapcheck // the router knows it as it is
		case part == complete:
			return strings.TrimSpace(whole), nil
		case q.Optional && whole == "" && part == skip:
			return "", nil
		}
		whole, text = whole+part+"\n", "" // the question was asked
	}
}

func (q Question) isFile() bool { return q.Check == checkImage || q.Check == checkFile }

const (
	fileTries = 3
	fileGone  = "这个没收到，请再发一次。"
)

// askFile asks for a picture or a file, and returns where it is kept. One that cannot be had is
// asked for again.
func (q Question) askFile(c *router.Context, n int, text string, options []router.AskOption) (string, error) {
	options = options[:len(options):len(options)]
	if q.Optional {
		options = append(options, router.OrWords(skip))
	}
	for try := range fileTries {
		file, failed := c.AskForFile(xmlmsg.Kind(q.Check), text, []media.Option{media.Into("signup")}, options...)
		if lost := (*router.FileError)(nil); failed != nil && !errors.As(failed, &lost) {
			return "", failed
		}
		path, err := router.Remember(c, fmt.Sprintf("file %d %d", n, try), func() (string, error) {
			switch {
			case failed != nil:
				c.Logger().Warn("a file of a form cannot be downloaded", zap.Error(failed))
				return fileGone, nil //nolint:nilerr // the person is asked again
			case file == nil:
				return "", nil
			}
			return file.Path, nil
		})
		if err != nil || path != fileGone {
			return path, err //nolint:wrapcheck // it names the step
		}
		text = fileGone
	}
	if err := c.ReplyAt("还是没收到，请稍后重新报名。"); err != nil {
		return "", err //nolint:wrapcheck // it names the send
	}
	return "", router.ErrTooManyTries
}

// valid returns what is wrong with an answer, for the one who gave it.
func (q Question) valid(answer string) error {
	if q.Optional && answer == skip {
		return nil
	}
	switch {
	case utf8.RuneCountInString(answer) > q.Max:
		return phrase.Errorf("最多 %d 个字，请缩短后再发一次。", q.Max)
	case q.Check == checkPhone && !phone.MatchString(phoneOf(answer)):
		return errors.New("手机号不对，应是 11 位数字，再发一次。")
	case q.Check == checkNumber && !isNumber(answer):
		return errors.New("请发一个数字，再发一次。")
	case q.Check == checkDate && !isDate(answer):
		return errors.New("日期看不懂，请写成 2027-01-31 或 1月31日，再发一次。")
	}
	return nil
}

var phone = regexp.MustCompile(`^1\d{10}$`)

// phoneOf is a phone number without what people put between the digits, and before them.
func phoneOf(answer string) string {
	answer = strings.NewReplacer(" ", "", "-", "", "\u3000", "").Replace(matching.Fold(answer))
	return strings.TrimPrefix(answer, "+86")
}

func isNumber(answer string) bool {
	_, err := strconv.ParseFloat(strings.TrimSpace(matching.Fold(answer)), 64)
	return err == nil && strings.ContainsAny(matching.Fold(answer), "0123456789")
}

func isDate(answer string) bool {
	answer = strings.TrimSpace(matching.Fold(answer))
	return slices.ContainsFunc([]string{
		"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "1月2日", "1月2号", "1-2", "1/2", "1.2",
	}, func(layout string) bool {
		_, err := time.Parse(layout, answer)
		return err == nil
	})
}
