package router

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hongyan-go/hongyan/internal/matching"
)

// Choose asks for one of several choices, which it lists with numbers after the question. The
// answer is a number or the text of a choice; Choose returns the text. It asks again after any
// other answer.
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

// choice is the index of the choice that an answer means; -1 if it means none.
func choice(choices []string, answer string) int {
	if i := slices.Index(choices, answer); i >= 0 {
		return i
	}
	n, err := strconv.Atoi(bare(matching.Fold(answer)))
	if err != nil || n < 1 || n > len(choices) {
		return -1
	}
	return n - 1
}
