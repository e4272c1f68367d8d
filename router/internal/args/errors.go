package args

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// problem is what is wrong with the words after a command.
type problem int

const (
	missing   problem = iota + 1 // an argument is not there
	surplus                      // a word is left over
	unclosed                     // a quote has no end
	unknown                      // a flag does not exist
	valueless                    // a flag needs a value
	repeated                     // a flag is there twice
	noNumber
	noWhole
	outside // the number is too large or too small
	noDuration
	noTime
	noYesNo
	notListed // not one of the values of an enum
	noPerson
	unquoted // the message quotes nothing of the kind that is needed
	refused  // by the type of the argument
)

// Error is a mistake in the words after a command, for the person who wrote them.
type Error struct {
	problem problem
	Arg     string   // name of the argument; empty if the mistake is in none
	Word    string   // the word that is wrong
	Allowed []string // what it may be
	cause   error
}

// Error is the sentence in English.
func (e *Error) Error() string { return "args: " + e.Sentence(false) }

// Unwrap is the error of the type of the argument, if it refused the word.
func (e *Error) Unwrap() error { return e.cause }

// maxShown bounds the letters of a word that a sentence repeats.
const maxShown = 20

// Sentence says what is wrong, in Chinese or in English.
func (e *Error) Sentence(chinese bool) string {
	word := shown(e.Word)
	if chinese {
		return e.chinese(word)
	}
	return e.english(word)
}

func (e *Error) chinese(word string) string {
	switch e.problem {
	case missing:
		return "还缺“" + e.Arg + "”。"
	case surplus:
		return "“" + word + "”是多出来的。内容里有空格的话，请用引号括起来。"
	case unclosed:
		return "引号没有成对。"
	case unknown:
		return "没有“" + word + "”这个选项" + e.list("，可用的有：", "、") + "。"
	case valueless:
		return "选项“" + e.Arg + "”后面要写内容。"
	case repeated:
		return "“" + e.Arg + "”写了两次。"
	case noNumber:
		return "“" + e.Arg + "”要写数字，“" + word + "”不是数字。"
	case noWhole:
		return "“" + e.Arg + "”要写整数，“" + word + "”不是整数。"
	case outside:
		return "“" + e.Arg + "”的数字“" + word + "”超出了范围。"
	case noDuration:
		return "“" + e.Arg + "”要写时长，例如 30分钟、2小时、7天；看不懂“" + word + "”。"
	case noTime:
		return "“" + e.Arg + "”要写时间，例如 明天9点、15:30、1月31日；看不懂“" + word + "”。"
	case noYesNo:
		return "“" + e.Arg + "”要写“是”或“否”，不能写“" + word + "”。"
	case notListed:
		return "“" + e.Arg + "”只能是" + e.list("", "、") + "，不能写“" + word + "”。"
	case noPerson:
		return "“" + e.Arg + "”要 @ 一个人；找不到“" + word + "”是谁。"
	case unquoted:
		return "请先引用要处理的消息（" + e.Arg + "），再发这条命令。"
	case refused:
		return "“" + e.Arg + "”不能写“" + word + "”。"
	}
	return "命令看不懂。"
}

func (e *Error) english(word string) string {
	switch e.problem {
	case missing:
		return e.Arg + " is missing."
	case surplus:
		return fmt.Sprintf("%q is one word too many. Put quotes around a text with blanks.", word)
	case unclosed:
		return "A quote has no end."
	case unknown:
		return fmt.Sprintf("There is no option %q%s.", word, e.list("; there are: ", ", "))
	case valueless:
		return "The option " + e.Arg + " needs a value."
	case repeated:
		return e.Arg + " is there twice."
	case noNumber:
		return fmt.Sprintf("%s must be a number, and %q is not one.", e.Arg, word)
	case noWhole:
		return fmt.Sprintf("%s must be a whole number, and %q is not one.", e.Arg, word)
	case outside:
		return fmt.Sprintf("%s: the number %q is out of range.", e.Arg, word)
	case noDuration:
		return fmt.Sprintf("%s must be a duration such as 30m, 2h or 7d, and %q is not one.", e.Arg, word)
	case noTime:
		return fmt.Sprintf("%s must be a time such as 15:30, tomorrow 9:00 or 2027-01-31, and %q is not one.", e.Arg, word)
	case noYesNo:
		return fmt.Sprintf("%s must be yes or no, not %q.", e.Arg, word)
	case notListed:
		return fmt.Sprintf("%s must be one of %s, not %q.", e.Arg, e.list("", ", "), word)
	case noPerson:
		return fmt.Sprintf("%s must mention a person, and %q is not known here.", e.Arg, word)
	case unquoted:
		return "Quote the message (" + e.Arg + ") first, and write the command as the answer."
	case refused:
		return fmt.Sprintf("%s cannot be %q.", e.Arg, word)
	}
	return "The command cannot be read."
}

func (e *Error) list(before, between string) string {
	if len(e.Allowed) == 0 {
		return ""
	}
	return before + strings.Join(e.Allowed, between)
}

// shown is a word as a sentence repeats it: short, and without signs that steer a terminal or a
// line.
func shown(w string) string {
	w = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, w)
	if runes := []rune(w); len(runes) > maxShown {
		return string(runes[:maxShown]) + "…"
	}
	return w
}
