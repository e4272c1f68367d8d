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

	"github.com/hongyan-go/hongyan/internal/phrase"
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
}

// ask asks what the bot is. What is left out has its default.
func (cmd *InitCommand) ask(c Console) error {
	a := &asker{c: c, lines: bufio.NewReader(c.In)}
	cmd.Language = a.text(phrase.New("Language 语言 (zh/en)"), string(c.printer().Lang()),
		func(s string) error { return oneOf(s, languages()) })
	c.Language = cmd.Language // from here on, the questions are in it
	a.c = c
	for _, line := range []phrase.Text{
		phrase.New("1 answer: answers by keywords"), phrase.New("2 forward: sends files on to another group"),
		phrase.New("3 welcome: greets newcomers"), phrase.New("4 friends: accepts friends by a password"),
		phrase.New("5 remind: timed messages and reminders"), phrase.New("6 assistant: a language model"),
	} {
		c.say("  %v", line)
	}
	cmd.Use = a.list(phrase.New("What for? One or several, with commas"), "answer", func(s string) (string, error) {
		if n, err := strconv.Atoi(s); err == nil && n >= 1 && n <= len(uses()) {
			return uses()[n-1], nil
		}
		return s, oneOf(s, uses())
	})
	initial := map[string]string{"zh": "社区群", "en": "community"}[cmd.Language]
	name := func(s string) (string, error) {
		if isWord(s) {
			return s, phrase.Errorf("%q is not the name of a group", s)
		}
		return s, nil
	}
	cmd.Group = a.list(phrase.New("In which groups? Their names, with commas"), initial, name)
	if slices.Contains(cmd.Use, "forward") {
		target := map[string]string{"zh": "汇总群", "en": "collected"}[cmd.Language]
		cmd.To = a.text(phrase.New("To which group do the files go?"), target, func(s string) error {
			if slices.Contains(cmd.Group, s) {
				return errors.New("it is one of the groups that they come from")
			}
			_, err := name(s)
			return err
		})
	}
	cmd.Provider = a.text(phrase.New("Service (videosapi/gewe/gewechat)"), "videosapi",
		func(s string) error { return oneOf(s, providers()) })
	cmd.token = a.secret(phrase.New("Token of the service; Enter if you have none yet"))
	cmd.URL = a.text(phrase.New("Address at which the service reaches the bot"), "https://bot.example.com", checkPublicURL)
	cmd.Owner = a.text(phrase.New("Wxid of the person in charge; Enter for none"), "", checkOwner)
	if slices.Contains(cmd.Use, "assistant") {
		cmd.modelKey = a.secret(phrase.New("Key of the model; Enter if you have none yet"))
	}
	return c.Ctx.Err()
}

// text asks until the answer is in order. An empty answer is the initial one.
func (a *asker) text(question phrase.Text, initial string, check func(string) error) string {
	for {
		answer := a.line(a.question(question, initial))
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
func (a *asker) list(question phrase.Text, initial string, read func(string) (string, error)) (all []string) {
	a.text(question, initial, func(answer string) error {
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
func (a *asker) secret(question phrase.Text) string {
	for {
		var answer string
		if file, ok := a.c.In.(*os.File); ok {
			fmt.Fprint(a.c.ErrOut, a.question(question, ""))
			typed, err := term.ReadPassword(int(file.Fd()))
			a.ended = a.ended || err != nil
			answer = strings.TrimSpace(string(typed))
			fmt.Fprintln(a.c.ErrOut)
		} else {
			answer = a.line(a.question(question, ""))
		}
		err := checkSecret(answer)
		if err == nil {
			return answer
		}
		a.c.say("%v", err)
	}
}

func (a *asker) question(question phrase.Text, initial string) string {
	text := a.c.printer().Text(question)
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
	return phrase.Errorf("%q is none of %s%s", s, strings.Join(list, ", "), suggest.Hint(s, list))
}

func checkPublicURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || checkSecret(s) != nil {
		return phrase.Errorf("%q is not an address such as https://bot.example.com", s)
	}
	return nil
}

func checkOwner(s string) error {
	if s != "" && (!wxid.Valid(s) || isWord(s)) {
		return phrase.Errorf("%q is not a wxid: hongyan contacts lists them", s)
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
