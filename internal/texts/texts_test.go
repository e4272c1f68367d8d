package texts_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/texts"
)

// root is the module, from here.
const root = "../.."

// translated are the directories whose texts people see on a terminal.
func translated(path string) bool {
	for _, file := range []string{
		"router/template.go", "router/template_parse.go", "contacts/find.go", "contacts/names.go", "api/provider.go",
		"store/sqlite/errors.go", "store/sqlite/lock.go",
	} {
		if path == file {
			return true
		}
	}
	for _, dir := range []string{"cmd/hongyan", "app", "bot", "plugin", "internal"} {
		if path == dir || strings.HasPrefix(path, dir+"/") {
			return !slices.Contains([]string{
				"internal/archtest", "internal/bench", "internal/soak", "internal/site", "internal/fetchtest", "internal/natstest",
				"internal/consoletest", "internal/exampletest", "internal/catalogue", "internal/web", "internal/web/webtest",
				"internal/web/cards",
			}, filepath.ToSlash(filepath.Dir(path)))
		}
	}
	return false
}

// logs reports whether a file is of a part of the bot of which people see the log, and little else.
func logs(path string) bool {
	dir, _, _ := strings.Cut(path, "/")
	return slices.Contains([]string{
		"callback", "console", "contacts", "gateway", "history", "media", "middleware", "outbox", "router", "store",
	}, dir)
}

// isLog reports whether a call writes a line of the log.
func isLog(call *ast.CallExpr) bool {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, _ := f.X.(*ast.Ident)
	return slices.Contains([]string{"Info", "Warn", "Error", "Debug"}, f.Sel.Name) && (x == nil || x.Name != "zap" && x.Name != "http")
}

// argumentsOf are the arguments of a call that are texts for people.
func argumentsOf(call *ast.CallExpr) []ast.Expr {
	name, of := "", ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if x, ok := f.X.(*ast.Ident); ok {
			of = x.Name
		}
	case *ast.Ident:
		name = f.Name
	}
	at := func(i ...int) (all []ast.Expr) {
		for _, n := range i {
			if n < len(call.Args) {
				all = append(all, call.Args[n])
			}
		}
		return all
	}
	switch {
	case of == "phrase" && name == "Count":
		return at(1, 2)
	case of == "phrase", of == "errors" && name == "New", name == "F", name == "Word", name == "say", name == "tell":
		return at(0)
	case name == "done" && len(call.Args) > 2, name == "line" && len(call.Args) > 2:
		return at(2)
	case of == "plugin" && name == "Define":
		return at(1)
	case name == "head":
		return call.Args
	case (name == "Info" || name == "Warn" || name == "Error" || name == "Debug") && of != "zap":
		return at(0)
	}
	return nil
}

// constant is the value of literals that are added.
func constant(e ast.Expr) (string, bool) {
	switch x := e.(type) {
	case *ast.BasicLit:
		if x.Kind == token.STRING {
			s, err := strconv.Unquote(x.Value)
			return s, err == nil
		}
	case *ast.BinaryExpr:
		a, ok := constant(x.X)
		b, also := constant(x.Y)
		return a + b, ok && also
	}
	return "", false
}

var verbs = regexp.MustCompile(`%(\[\d+\])?[-+# 0]*\d*(\.\d+)?[a-zA-Z%]`)

// onlyWraps matches a format that says where an error comes from.
var onlyWraps = regexp.MustCompile(`^([A-Za-z]+: |%[sqd]: |--%s: |HTTP %d: |%v: |%v; )*%v$`)

// saysSomething reports whether a format has words.
func saysSomething(format string) bool {
	if onlyWraps.MatchString(format) {
		return false
	}
	return len(strings.FieldsFunc(verbs.ReplaceAllString(format, ""), func(r rune) bool { return !unicode.IsLetter(r) })) > 0
}

// saidInChats reports whether a text is Chinese alone: plugins say such in chats, in any language
// of the terminal.
func saidInChats(text string) bool {
	han := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	return strings.ContainsFunc(text, han) && !regexp.MustCompile(`[A-Za-z]{2}`).MatchString(text)
}

// helpOf is what the tag of a field says of a key of the file. The help of a flag has no key.
func helpOf(f *ast.Field) string {
	if f.Tag == nil {
		return ""
	}
	tag, err := strconv.Unquote(f.Tag.Value)
	if err != nil || reflect.StructTag(tag).Get("yaml") == "" {
		return ""
	}
	return reflect.StructTag(tag).Get("help")
}

// inCode collects the texts of the code, each with one of its places.
func inCode(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	files := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if rel = filepath.ToSlash(rel); d.IsDir() {
			if name := d.Name(); rel != "." && (name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")) {
				return fs.SkipDir
			}
			return nil
		}
		if filepath.Ext(rel) != ".go" || strings.HasSuffix(rel, "_test.go") || !translated(rel) && !logs(rel) {
			return nil
		}
		f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if !translated(rel) && !isLog(n) {
					return true
				}
				for _, arg := range argumentsOf(n) {
					text, ok := constant(arg)
					if text = strings.ReplaceAll(text, "%w", "%v"); ok && saysSomething(text) && !saidInChats(text) {
						found[text] = rel
					}
				}
			case *ast.Field:
				if help := helpOf(n); help != "" { // also of the gateway and the history, which are keys of the file
					found[help] = rel
				}
			}
			return true
		})
		return nil
	})
	require.NoError(t, err)
	return found
}

// TestNoGaps compares the texts of the code with their translations.
func TestNoGaps(t *testing.T) {
	t.Parallel()
	code, known := inCode(t), texts.Phrases().Table()
	require.Greater(t, len(code), 300)
	for _, text := range slices.Sorted(keys(code)) {
		if _, ok := known[text]; !ok {
			t.Errorf("%s: no Chinese for %q", code[text], text)
		}
	}
}

func keys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// isACommand matches what is the same in all languages: commands to type, fields of an answer.
var isACommand = regexp.MustCompile(`^(cd |curl |go |hongyan |hongyan: |%s (run|test) |ret |code |HTTP |ID$|OTEL_)`)

// englishSentence matches words of English that no command and no setting has in a row.
var englishSentence = regexp.MustCompile(`(?i)\b(the|is|are|was|must|cannot|there|with|your|you|this|that)\b`)

// namesInChinese are the English texts that show what people say, or names.
func namesInChinese() []string {
	return []string{
		"Hongyan 鸿雁 demo: a simulated WeChat and a bot, both in this process. No account is involved.",
		"Hongyan 鸿雁: bots for WeChat accounts behind the VideosApi / GeWe service.",
		"Bob asks in private: \"请问营业时间？\"", "The bot answered: \"营业时间 9:00-18:00\".", "Language 语言 (zh/en)",
		`curl %s/sim/messages -d '{"from":"wxid_alice","to":"%s","kind":"text","text":"你好"}'`,
		"Signs people up: by a form with questions, or by a list in the group (接龙).",
		"Whether people may bring others to a list: +3, or 报名 NAME.", "Whether people may skip it, by the word 跳过.",
		"Whether the answer may come in several messages, up to the word 完.",
		"The command, such as /总结; it takes a time, a person, or both: 9:00-12:00, @NAME.", "The command that starts a poll: /投票 午饭 面 饭.",
		"A command that tells a person what they missed since they last wrote, such as /我错过了什么.",
		"Whether people may ask for reminders: 提醒我 18:00 开会.", "Whether it shows the list, and waits for 确认.",
		"Whether the people in charge have commands: 客户, 客户名单, 备注, 标签, 记录.",
		"Tells of private letters and comments of 视频号, answers them, and sends cards on.",
		"A regular expression for the names of the files, such as 身份证|工资|合同.",
		"The days: all, workdays, weekends, holidays, or days of the week such as mon or 周一.",
		"%q is no day: write all, workdays, weekends, holidays, or days such as mon or 周一",
		"What it is asked; it answers 是 or 否.",
		"Models and prompts that a chat can be switched to, by the command /模型 NAME.",
		"the plugin fails again and again, and is switched off everywhere; mend it, then switch it on: Bot.Switch, or the owner command /开",
	}
}

// TestLanguages finds Chinese in English texts, and English sentences in Chinese ones.
func TestLanguages(t *testing.T) {
	t.Parallel()
	_, err := lang.New(texts.Phrases().Table())
	require.NoError(t, err, "parameters agree, and no text is empty")
	han := func(text string) bool {
		return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	}
	for en, zh := range texts.Phrases() {
		if !isACommand.MatchString(zh) {
			assert.True(t, han(zh) || !saysSomething(zh), "%q is not Chinese", en)
		}
		assert.NotRegexp(t, englishSentence, zh, "of %q", en)
		if !slices.Contains(namesInChinese(), en) {
			assert.False(t, han(en), "%q is not English", en)
		}
	}
}
