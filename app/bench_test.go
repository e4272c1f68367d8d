package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hongyan-go/hongyan/app"
)

// manyRules is the file of a bot with n rules.
func manyRules(n int) []byte {
	var b strings.Builder
	b.WriteString("service: {token: test}\naccounts:\n  - {app_id: wx_test}\nrules:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - name: rule %d\n    on: text\n    keyword: [关键词%05d]\n    reply: 答案 %d\n", i, i, i)
	}
	return []byte(b.String())
}

// BenchmarkParse reads a file of N rules: what one costs must not grow with N.
func BenchmarkParse(b *testing.B) {
	reader := app.Reader{Lookup: env(nil)}
	for _, n := range []int{10, 1000, 10000} {
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			text := manyRules(n)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := reader.Parse("bot.yaml", text); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/rule")
		})
	}
}

// BenchmarkMistakes reads a file in which each of N rules has a mistake.
func BenchmarkMistakes(b *testing.B) {
	reader := app.Reader{Lookup: env(nil)}
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			text := []byte(strings.ReplaceAll(string(manyRules(n)), "答案", "见 {{.unknown}}"))
			for b.Loop() {
				if _, err := reader.Parse("bot.yaml", text); err == nil {
					b.Fatal("the placeholders are unknown")
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/rule")
		})
	}
}
