package app

import (
	"bufio"
	"errors"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/hongyan-go/hongyan/internal/suggest"
	"github.com/hongyan-go/hongyan/internal/wxid"
)

// asks reports whether somebody answers questions: In is a terminal, or no file.
func (c Console) asks() bool {
	file, isFile := c.In.(*os.File)
	return c.In != nil && (!isFile || term.IsTerminal(int(file.Fd())))
}

// asker asks questions.
type asker struct {
	c     Console
	lines *bufio.Reader
	ended bool // nobody answers any more
	zh    bool
}

// ask asks what the bot is. What is left out has its default.
func (cmd *InitCommand) ask(c Console) error {
	a := &asker{c: c, lines: bufio.NewReader(c.In), zh: true}
	cmd.Language = a.text("语言 Language (zh/en)", "Language 语言 (zh/en)", "zh", func(s string) error { return oneOf(s, languages()) })
	a.zh = cmd.Language != "en"
	menu := []string{
		"1 answer 按关键词回答", "2 forward 转发文件到另一个群", "3 welcome 欢迎新人", "4 friends 口令加好友并拉群",
		"5 remind 定时消息和提醒", "6 assistant 接大模型",
	}
	if !a.zh {
		menu = []string{
			"1 answer: answers by keywords", "2 forward: sends files on to another group", "3 welcome: greets newcomers",
			"4 friends: accepts friends by a password", "5 remind: timed messages and reminders", "6 assistant: a language model",
		}
	}
	for _, line := range menu {
		c.say("  %s", line)
	}
	cmd.Use = a.list("做什么用？可多选，逗号分隔", "What for? One or several, with commas", "answer", func(s string) (string, error) {
		if n, err := strconv.Atoi(s); err == nil && n >= 1 && n <= len(uses()) {
			return uses()[n-1], nil
		}
		return s, oneOf(s, uses())
	})
	initial := map[bool]string{true: "社区群", false: "community"}[a.zh]
	name := func(s string) (string, error) {
		if isWord(s) {
			return s, fmt.Errorf("%q is not the name of a group", s)
		}
		return s, nil
	}
	cmd.Group = a.list("在哪些群里？群名，逗号分隔", "In which groups? Their names, with commas", initial, name)
	if slices.Contains(cmd.Use, "forward") {
		target := map[bool]string{true: "汇总群", false: "collected"}[a.zh]
		cmd.To = a.text("转到哪个群？", "To which group do the files go?", target, func(s string) error {
			if slices.Contains(cmd.Group, s) {
				return errors.New("it is one of the groups that they come from")
			}
			_, err := name(s)
			return err
		})
	}
	cmd.Provider = a.text("服务商 (videosapi/gewe/gewechat)", "Service (videosapi/gewe/gewechat)", "videosapi",
		func(s string) error { return oneOf(s, providers()) })
	cmd.token = a.secret("服务的令牌，现在没有就回车", "Token of the service; Enter if you have none yet")
	cmd.URL = a.text("服务访问机器人的公网地址", "Address at which the service reaches the bot", "https://bot.example.com", checkPublicURL)
	cmd.Owner = a.text("负责人的 wxid，没有就回车", "Wxid of the person in charge; Enter for none", "", checkOwner)
	if slices.Contains(cmd.Use, "assistant") {
		cmd.modelKey = a.secret("大模型的密钥，现在没有就回车", "Key of the model; Enter if you have none yet")
	}
	return c.Ctx.Err()
}

// text asks until the answer is in order. An empty answer is the initial one.
func (a *asker) text(zh, en, initial string, check func(string) error) string {
	for {
		answer := a.line(a.question(zh, en, initial))
		if answer == "" {
			return initial
		}
		err := check(answer)
		if err == nil {
			return answer
		}
		a.c.say("%v", err)
	}
}

// list asks for several things.
func (a *asker) list(zh, en, initial string, read func(string) (string, error)) (all []string) {
	a.text(zh, en, initial, func(answer string) error {
		all = nil
		for _, one := range strings.FieldsFunc(answer, func(r rune) bool { return strings.ContainsRune(",，、", r) }) {
			value, err := read(strings.TrimSpace(one))
			if err != nil {
				all = nil
				return err
			}
			if !slices.Contains(all, value) {
				all = append(all, value)
			}
		}
		return nil
	})
	return all // empty for the initial one
}

// secret asks for what a terminal does not show.
func (a *asker) secret(zh, en string) string {
	for {
		var answer string
		if file, ok := a.c.In.(*os.File); ok {
			fmt.Fprint(a.c.ErrOut, a.question(zh, en, ""))
			typed, err := term.ReadPassword(int(file.Fd()))
			a.ended = a.ended || err != nil
			answer = strings.TrimSpace(string(typed))
			fmt.Fprintln(a.c.ErrOut)
		} else {
			answer = a.line(a.question(zh, en, ""))
		}
		err := checkSecret(answer)
		if err == nil {
			return answer
		}
		a.c.say("%v", err)
	}
}

func (a *asker) question(zh, en, initial string) string {
	text := map[bool]string{true: zh, false: en}[a.zh]
	if initial != "" {
		text += " [" + initial + "]"
	}
	return text + ": "
}

// line is an answer; empty if there is none.
func (a *asker) line(question string) string {
	if a.ended || a.c.Ctx.Err() != nil {
		return ""
	}
	fmt.Fprint(a.c.ErrOut, question)
	text, err := a.lines.ReadString('\n')
	a.ended = err != nil
	return strings.TrimSpace(text)
}

func oneOf(s string, list []string) error {
	if slices.Contains(list, s) {
		return nil
	}
	return fmt.Errorf("%q is none of %s%s", s, strings.Join(list, ", "), suggest.Hint(s, list))
}

func checkPublicURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || checkSecret(s) != nil {
		return fmt.Errorf("%q is not an address such as https://bot.example.com", s)
	}
	return nil
}

func checkOwner(s string) error {
	if s != "" && (!wxid.Valid(s) || isWord(s)) {
		return fmt.Errorf("%q is not a wxid: hongyan contacts lists them", s)
	}
	return nil
}

// checkSecret refuses what a shell or Docker would read as something else in .env.
func checkSecret(s string) error {
	if !regexp.MustCompile(`^[A-Za-z0-9_.:/+=@%,-]*$`).MatchString(s) {
		return errors.New("it has characters that .env cannot hold: letters, digits and _.:/+=@%,- are possible")
	}
	return nil
}
