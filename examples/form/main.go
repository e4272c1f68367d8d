// Command form asks for name and phone number in a dialogue, and appends them to a CSV file. The
// dialogue survives a restart between two questions.
//
//	SIGNUP_CSV=signup.csv go run ./examples/form
package main

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"os"
	"regexp"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
)

func main() {
	b := bot.Must(bot.FromEnv())
	b.Command("报名", signUp)
	bot.Main(b)
}

// signUp runs from its start for each answer: questions that are answered already return at once.
func signUp(c *router.Context) error {
	name, err := c.Ask("你的名字？", router.OnCancel("好的，不报了"))
	if err != nil {
		return err
	}
	phone, err := c.Ask("手机号？", router.Valid(isPhone, "手机号不对，再输一次"), router.OnCancel("好的，不报了"),
		router.Timeout(3*time.Minute), router.OnTimeout("三分钟没有回答，报名取消了"))
	if err != nil {
		return err
	}
	ok, err := c.Confirm(fmt.Sprintf("%s，%s，对吗？", name, phone))
	switch {
	case err != nil:
		return err
	case !ok:
		return c.Reply("好的，没有报名")
	}
	if err := c.Once("save", func() error { return save(name, phone) }); err != nil {
		return err
	}
	return c.ReplyAt("报名成功")
}

func isPhone(s string) bool { return regexp.MustCompile(`^1\d{10}$`).MatchString(s) }

func save(row ...string) error {
	path := cmp.Or(os.Getenv("SIGNUP_CSV"), "signup.csv")
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // the path is a setting
	if err != nil {
		return err
	}
	defer f.Close()
	w := csv.NewWriter(f)
	if err := w.Write(row); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}
