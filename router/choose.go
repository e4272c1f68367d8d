package router

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hongyan-go/hongyan/router/match"
)

// Confirm asks a question that is answered by yes or no, in Chinese or English. Another answer is asked for again.
func (c *Context) Confirm(prompt string, options ...AskOption) (bool, error) {
	check := Valid(func(s string) bool { return isYes(s) || isNo(s) }, "请回答“是”或“否”")
	answer, err := c.Ask(prompt, append([]AskOption{check}, options...)...)
	return isYes(answer), err
}

func isYes(s string) bool {
	return slices.Contains([]string{"是", "是的", "对", "好", "好的", "可以", "确认", "确定", "y", "yes", "ok"}, bare(match.Fold(s)))
}

func isNo(s string) bool {
	return slices.Contains([]string{"否", "不", "不是", "不对", "不要", "不好", "n", "no"}, bare(match.Fold(s)))
}

// Choose asks for one of several choices, which it lists with numbers behind the question. The answer is a number or the text of a choice;
// it returns the text. Another answer is asked for again.
func (c *Context) Choose(prompt string, choices []string, options ...AskOption) (string, error) {
	if len(choices) == 0 {
		return "", errors.New("router: Choose without a choice")
	}
	var list strings.Builder
	list.WriteString(prompt)
	for i, choice := range choices {
		fmt.Fprintf(&list, "\n%d. %s", i+1, choice)
	}
	check := Valid(func(s string) bool { return choice(choices, s) >= 0 }, fmt.Sprintf("请回答 1 到 %d", len(choices)))
	answer, err := c.Ask(strings.TrimSpace(list.String()), append([]AskOption{check}, options...)...)
	if err != nil {
		return "", err
	}
	if i := choice(choices, answer); i >= 0 {
		return choices[i], nil
	}
	return "", errors.New("router: Choose: the answer is none of the choices any more")
}

// choice finds what an answer means; -1 if nothing.
func choice(choices []string, answer string) int {
	if i := slices.Index(choices, answer); i >= 0 {
		return i
	}
	n, err := strconv.Atoi(bare(match.Fold(answer)))
	if err != nil || n < 1 || n > len(choices) {
		return -1
	}
	return n - 1
}
