package rules_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
)

// TestMistakesInIf names the place in the file, however the expression is written there, and says
// what to write. The place is at the sign ▸.
func TestMistakesInIf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`if: ▸txet == "a"`:                       `there is no "txet"; did you mean text?`,
		`if: '▸txet == "a"'`:                     `there is no "txet"; did you mean text?`,
		`if: 'text == "''" && ▸txet == "a"'`:     `there is no "txet"; did you mean text?`,
		`if: "text == \"价格\" && ▸txet == \"a\""`: `there is no "txet"; did you mean text?`,
		"if: |\n      group &&\n        ▸price":  `there is no "price": write texts in quotes; the names are account, kind`,
		`if: text ▸= "a"`:                        `one = does not compare: write ==`,
		`if: text == ▸“a”`:                       `“ is a Chinese sign: write "`,
		`if: hour >= 9 ▸， hour < 3`:              `， is a Chinese sign: write ,`,
		`if: hour > 9 ▸AND hour < 18`:            `AND is written in small letters: and`,
		`if: text ▸LIKE "x"`:                     `LIKE cannot stand here: conditions are joined by and, or`,
		`if: text == "a▸`:                        `the quotation mark at the end of a text is missing`,
		`if: (text == "a▸"`:                      `it ends too early`,
		`if: text ▸&& group`:                     `&& joins conditions, and here it has a text and a condition: compare them`,
		`if: hour ▸== "9"`:                       `== cannot have a number and a text: write numbers without quotes`,
		`if: text ▸contains 3`:                   `contains is about texts, and here it has a text and a number`,
		`if: hour ▸in 9`:                         `in looks for a value in a list`,
		`if: hour ▸in ["9"]`:                     `a number is looked for in a list that has a text`,
		`if: ▸not text`:                          `this is a text, and a condition is needed`,
		`if: '▸hour ? true : false'`:             `this is a number, and a condition is needed`,
		`if: ▸len(text, 1) > 2`:                  `the function has not as many values between its brackets as it needs`,
		`if: ▸hasPrefix(text)`:                   `hasPrefix has not as many values between its brackets as it needs`,
		`if: lower(▸3) == ""`:                    `lower cannot have a number`,
		`if: ▸len(hour) > 1`:                     `len cannot have a number`,
		`if: lower ▸== ""`:                       `== cannot have a function without its brackets and a text`,
		`if: text.▸size > 3`:                     `this value has no parts`,
		`if: text ▸matches "("`:                  `the regular expression is wrong: missing closing ): ` + "`(`",
		`if: text == "a\▸q"`:                     `there is a \ before a sign that needs none`,
		`if: 1▸x == 2`:                           `this is no number`,
	} {
		before, _, _ := strings.Cut("    "+text, "▸")
		lines := strings.Split(before, "\n")
		want = fmt.Sprintf("f:%d:%d: rules[0].if: %s", 3+len(lines), utf8.RuneCountInString(lines[len(lines)-1])+1, want)
		_, err := app.Reader{}.Parse("f", []byte("service: {sim: true}\nrules:\n  - name: a\n    "+strings.ReplaceAll(text, "▸", "")+
			"\n    on: text\n    reply: x\n"))
		require.Error(t, err, text)
		assert.True(t, strings.HasPrefix(err.Error(), want), "%s\n got %v\nwant %s", text, err, want)
	}
	_, err := app.Reader{}.Parse("f", []byte("service: {sim: true}\nrules: [{name: a, on: text, if: text, reply: x}]\n"))
	require.EqualError(t, err,
		`f:2: rules[0].if: this is a text, and a condition is needed: compare it, such as text == "price" or hour >= 9`)
}
