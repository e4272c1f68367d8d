package rules

import (
	"regexp"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/suggest"
)

// wrong says what is wrong with an expression, and what to write; message is what the library says.
// Its own words are kept only where nothing better is known.
func wrong(message string) phrase.Text {
	for _, known := range [...]struct {
		message string // a regular expression
		say     func(m []string) phrase.Text
	}{
		{`^unknown name (.+)`, unknownName},
		{`^unexpected token Operator\("="\)`, func([]string) phrase.Text { return phrase.New("one = does not compare: write ==") }},
		{`^unexpected token EOF|^unexpected end`, func([]string) phrase.Text {
			return phrase.New("it ends too early: a value or a closing bracket is missing")
		}},
		{`^unexpected token \w+\("(.+)"\)`, unexpected},
		{`^literal not terminated`, func([]string) phrase.Text { return phrase.New("the quotation mark at the end of a text is missing") }},
		{`^unrecognized character: \S+ '(.+)'`, unknownSign},
		{`^invalid char escape`, func([]string) phrase.Text {
			return phrase.New(`there is a \ before a sign that needs none: write \\ for a \ itself`)
		}},
		{`^bad number syntax|^invalid \w+ literal|literal is too large`, func([]string) phrase.Text {
			return phrase.New("this is no number: write digits, and texts in quotes")
		}},
		{`^error parsing regexp: (.+)`, func(m []string) phrase.Text {
			return phrase.New("the regular expression is wrong: %s; pkg.go.dev/regexp/syntax lists what there is", m[1])
		}},
		{`^invalid operation: (\S+) \(mismatched types (.+) and (.+)\)`, func(m []string) phrase.Text {
			return mismatch(m[1], typeWord(m[2]), typeWord(m[3]))
		}},
		{`^expected (bool), but got (\S+)|^non-bool expression (\()type (\S+)\)|^invalid operation: (?:not|!) (\()mismatched type (\S+)\)`,
			func(m []string) phrase.Text {
				return phrase.New("this is %v, and a condition is needed: compare it, such as text == \"price\" or hour >= 9",
					typeWord(m[2]+m[4]+m[6]))
			}},
		{`^(not enough|too many) arguments to call (\w+)`, func(m []string) phrase.Text {
			return phrase.New("%s has not as many values between its brackets as it needs", m[2])
		}},
		{`^invalid number of arguments`, func([]string) phrase.Text {
			return phrase.New("the function has not as many values between its brackets as it needs")
		}},
		{`^invalid argument for (\w+) \(type (\S+)\)`, func(m []string) phrase.Text { return notFor(m[1], m[2]) }},
		{`^cannot use (\S+) as argument \(type .+\) to call (\w+)`, func(m []string) phrase.Text { return notFor(m[2], m[1]) }},
		{`^cannot use (\S+) as type (\S+) in array`, func(m []string) phrase.Text {
			return phrase.New("%v is looked for in a list that has %v: write numbers without quotes, and texts in quotes",
				typeWord(m[1]), typeWord(m[2]))
		}},
		{`has no (?:field|method) |is undefined|^cannot slice`, func([]string) phrase.Text {
			return phrase.New("this value has no parts: docs/en/rules.md lists the names that there are")
		}},
		{`exceeds maximum allowed nodes`, func([]string) phrase.Text {
			return phrase.New("it has more than %d parts: make several rules of it", maxNodes)
		}},
	} {
		if m := regexp.MustCompile(known.message).FindStringSubmatch(message); m != nil {
			return known.say(m)
		}
	}
	return phrase.New("it cannot be understood: %v; docs/en/rules.md lists what an expression may have", phrase.Word(message))
}

func unknownName(m []string) phrase.Text {
	if hint := suggest.Hint(m[1], append(names(), functions()...)); !hint.IsZero() {
		return phrase.New("there is no %q%v", m[1], hint)
	}
	return phrase.New("there is no %q: write texts in quotes; the names are %s", m[1], strings.Join(names(), ", "))
}

// unexpected is about a part that cannot stand where it is.
func unexpected(m []string) phrase.Text {
	if word := strings.ToLower(m[1]); word != m[1] && slices.Contains([]string{"and", "or", "not", "in", "contains", "matches"}, word) {
		return phrase.New("%s is written in small letters: %s", m[1], word)
	}
	return phrase.New("%s cannot stand here: conditions are joined by and, or, and compare by ==, !=, <, >, in, contains, matches", m[1])
}

// unknownSign is about a character that the language does not have, such as those of Chinese text.
func unknownSign(m []string) phrase.Text {
	if at := strings.Index("“”‘’（），；！＝＜＞＋－［］", m[1]); at >= 0 {
		plain := string([]rune(`""''(),;!=<>+-[]`)[len([]rune("“”‘’（），；！＝＜＞＋－［］"[:at]))])
		return phrase.New("%s is a Chinese sign: write %s", m[1], plain)
	}
	return phrase.New("the sign %s is not one of expressions: write texts in quotes", m[1])
}

// mismatch is about an operator between values that it cannot have.
func mismatch(operator string, left, right phrase.Text) phrase.Text {
	switch operator {
	case "&&", "||", "and", "or":
		return phrase.New("%s joins conditions, and here it has %v and %v: compare them, such as text == \"price\"", operator, left, right)
	case "in":
		return phrase.New("in looks for a value in a list, and here it has %v and %v: write a list, such as hour in [9, 10]", left, right)
	case "contains", "startsWith", "endsWith", "matches":
		return phrase.New("%s is about texts, and here it has %v and %v: write texts in quotes", operator, left, right)
	}
	return phrase.New("%s cannot have %v and %v: write numbers without quotes, and texts in quotes", operator, left, right)
}

func notFor(function, of string) phrase.Text {
	return phrase.New("%s cannot have %v", function, typeWord(of))
}

// typeWord is a type of the language for people.
func typeWord(name string) phrase.Text {
	switch {
	case name == "string":
		return phrase.New("a text")
	case name == "bool":
		return phrase.New("a condition")
	case strings.HasPrefix(name, "int"), strings.HasPrefix(name, "float"):
		return phrase.New("a number")
	case strings.HasPrefix(name, "[]"), name == "array":
		return phrase.New("a list")
	case strings.HasPrefix(name, "func"):
		return phrase.New("a function without its brackets")
	}
	return phrase.New("something else")
}
