package router

import (
	"slices"

	"github.com/hongyan-go/hongyan/internal/matching"
)

// Confirm asks a question that is answered by yes or no, in Chinese or English. It asks again after
// any other answer.
func (c *Context) Confirm(prompt string, options ...AskOption) (bool, error) {
	check := Valid(func(s string) bool { return isYes(s) || isNo(s) }, "请回答“是”或“否”")
	answer, err := c.Ask(prompt, append([]AskOption{check}, options...)...)
	return isYes(answer), err
}

func isYes(s string) bool {
	yes := []string{"是", "是的", "对", "好", "好的", "可以", "确认", "确定", "同意", "行", "y", "yes", "ok"}
	return slices.Contains(yes, bare(matching.Fold(s)))
}

func isNo(s string) bool {
	return slices.Contains([]string{"否", "不", "不是", "不对", "不要", "不好", "不行", "不同意", "拒绝", "n", "no"}, bare(matching.Fold(s)))
}
