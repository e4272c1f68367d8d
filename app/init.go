package app

import (
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

//go:embed scaffold
var scaffold embed.FS

// InitCommand writes the files of a new bot. On a terminal, without any of the flags about the bot,
// it asks.
type InitCommand struct {
	Dir      string   `arg:"" placeholder:"DIR" type:"path" help:"The directory; it is made."`
	Go       bool     `help:"Write a Go project with a plugin of its own and its test, too."`
	Language string   `placeholder:"zh|en" help:"The language of the texts and comments: zh or en; that of the terminal if it is absent."`
	Use      []string `placeholder:"USE" help:"What it is for: answer, forward, welcome, friends, remind, assistant."`
	Group    []string `help:"The names of its groups."`
	To       string   `help:"For forward: the group that gets the files."`
	Provider string   `placeholder:"NAME" help:"The service: videosapi, gewe or gewechat."`
	URL      string   `name:"url" help:"The address at which the service reaches the bot."`
	Owner    string   `placeholder:"WXID" help:"The person in charge."`
	Module   string   `default:"mybot" help:"The module path of the Go project."`
	JSON     bool     `name:"json" help:"Print JSON."`

	token, modelKey string // secrets are asked for, as others see the arguments of a program
}

// free returns an error if a file of the directory exists.
func (cmd *InitCommand) free(name string) error {
	path := filepath.Join(cmd.Dir, name)
	if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return phrase.Errorf("app: %s is there already: nothing was written; hongyan init needs another directory", path)
}

// Run writes the files. It overwrites none.
func (cmd *InitCommand) Run(c Console) error {
	if err := cmd.free("bot.yaml"); err != nil { // before any question
		return err
	}
	if cmd.silent() && !cmd.JSON && c.asks() {
		if err := cmd.ask(c); err != nil {
			return err
		}
	}
	if err := cmd.complete(string(c.printer().Lang())); err != nil {
		return err
	}
	files, err := cmd.files(c)
	if err != nil {
		return err
	}
	var there []error
	for _, f := range files {
		there = append(there, cmd.free(f.name))
	}
	if err := errors.Join(there...); err != nil {
		return err
	}
	written := make([]string, 0, len(files))
	for _, f := range files {
		path, mode := filepath.Join(cmd.Dir, f.name), os.FileMode(0o644)
		if f.name == ".env" {
			mode = 0o600 // it has secrets
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // a project is not secret
			return fmt.Errorf("app: %w", err)
		}
		if err := os.WriteFile(path, f.text, mode); err != nil {
			return fmt.Errorf("app: %w", err)
		}
		written = append(written, path)
	}
	if cmd.JSON {
		return printJSON(c, map[string]any{"dir": cmd.Dir, "files": written})
	}
	for _, path := range written {
		c.tell("%s", path)
	}
	c.say("cd %s", cmd.Dir)
	program := "hongyan"
	if cmd.Go {
		program = "go run ."
		c.say("go mod tidy && go test ./...")
	}
	c.say("%s test -c bot.yaml", program)
	c.say("%s run -c bot.yaml --sim", program)
	return nil
}

// silent reports whether no flag says what the bot is.
func (cmd *InitCommand) silent() bool {
	return cmd.Language == "" && len(cmd.Use)+len(cmd.Group) == 0 && cmd.To+cmd.Provider+cmd.URL+cmd.Owner == ""
}

// uses are what a new bot can be for, in the order in which their plugins stand in the file: a
// model takes every text, so it is the last.
func uses() []string {
	return []string{"answer", "forward", "welcome", "friends", "remind", "assistant"}
}

func languages() []string { return []string{"zh", "en"} }
func providers() []string { return []string{"videosapi", "gewe", "gewechat"} }

// complete sets what was not said, and checks what was. language is that of the terminal.
func (cmd *InitCommand) complete(language string) error {
	cmd.Language = cmp.Or(cmd.Language, language)
	for _, x := range []struct {
		value   *string
		initial string
	}{
		{&cmd.Provider, "videosapi"}, {&cmd.To, map[string]string{"en": "collected"}[cmd.Language]}, {&cmd.To, "汇总群"},
		{&cmd.URL, "https://bot.example.com"},
	} {
		if *x.value == "" {
			*x.value = x.initial
		}
	}
	if len(cmd.Use) == 0 {
		cmd.Use = []string{"answer"}
	}
	if len(cmd.Group) == 0 {
		cmd.Group = []string{map[string]string{"zh": "社区群", "en": "community"}[cmd.Language]}
	}
	var errs []error
	for flag, wrong := range map[string]error{
		"language": oneOf(cmd.Language, languages()), "provider": oneOf(cmd.Provider, providers()), "url": checkPublicURL(cmd.URL),
		"owner": checkOwner(cmd.Owner), "token": checkSecret(cmd.token), "key": checkSecret(cmd.modelKey),
	} {
		if wrong != nil {
			errs = append(errs, phrase.Errorf("app: --%s: %w", flag, wrong))
		}
	}
	for _, use := range cmd.Use {
		if err := oneOf(use, uses()); err != nil {
			errs = append(errs, fmt.Errorf("app: --use: %w", err))
		}
	}
	for _, name := range append(slices.Clone(cmd.Group), cmd.To) {
		if strings.TrimSpace(name) == "" || isWord(name) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
			errs = append(errs, phrase.Errorf("app: --group: %q is not the name of a group", name))
		}
	}
	if slices.Contains(cmd.Group, cmd.To) && slices.Contains(cmd.Use, "forward") {
		errs = append(errs, phrase.Errorf("app: --to: files would go from %s to itself", cmd.To))
	}
	if cmd.Go && !regexp.MustCompile(`^[A-Za-z0-9._~/-]+$`).MatchString(cmd.Module) {
		errs = append(errs, phrase.Errorf("app: %q is not a module path: write mybot, or example.com/mybot", cmd.Module))
	}
	return errors.Join(errs...)
}

// written is a file to write.
type written struct {
	name string
	text []byte
}

// files are those to write, in the order in which they are listed.
func (cmd *InitCommand) files(c Console) ([]written, error) {
	bot, err := cmd.bot()
	if err != nil {
		return nil, err
	}
	all := []written{{"bot.yaml", []byte(bot)}}
	list := [][2]string{{".env", cmd.Language + "/env"}, {".gitignore", "gitignore"}, {"compose.yaml", cmd.Language + "/compose.yaml"}}
	if cmd.Go {
		list = slices.Concat(list, [][2]string{
			{"Dockerfile", "Dockerfile.go.txt"}, {"go.mod", "go.mod.txt"}, {"main.go", "main.go.txt"},
			{"greeter/greeter.go", "greeter.go.txt"}, {"greeter/greeter_test.go", "greeter_test.go.txt"},
		})
	} else {
		list = append(list, [2]string{"Dockerfile", "Dockerfile"})
	}
	model := ""
	if slices.Contains(cmd.Use, "assistant") {
		model = "LLM_KEY=" + cmd.modelKey + "\n"
	}
	fill := strings.NewReplacer("{{module}}", cmd.Module, "{{token}}", cmd.token, "{{url}}", cmd.URL, "{{model}}\n", model)
	for _, f := range list {
		text, err := scaffold.ReadFile("scaffold/" + f[1])
		if err != nil {
			return nil, fmt.Errorf("app: %w", err)
		}
		all = append(all, written{f[0], []byte(fill.Replace(string(text)))})
	}
	schema, err := Schema(c.known(), cmd.Language)
	if err != nil {
		return nil, err
	}
	if cmd.Go { // the program knows one plugin more
		c.say("go run . schema > bot.schema.json has editors know the plugin greeter, too")
	}
	return append(all, written{"bot.schema.json", append(schema, '\n')}), nil
}

// bot is the text of bot.yaml.
func (cmd *InitCommand) bot() (string, error) {
	text, err := scaffold.ReadFile("scaffold/" + cmd.Language + "/bot.yaml")
	if err != nil {
		return "", fmt.Errorf("app: %w", err)
	}
	parts, err := scaffold.ReadFile("scaffold/" + cmd.Language + "/uses.txt")
	if err != nil {
		return "", fmt.Errorf("app: %w", err)
	}
	section := func(name string) string {
		var all strings.Builder
		for _, use := range uses() {
			if _, rest, ok := strings.Cut(string(parts), "=== "+use+" "+name+"\n"); ok && slices.Contains(cmd.Use, use) {
				part, _, _ := strings.Cut(rest, "=== ")
				all.WriteString(part)
			}
		}
		return all.String()
	}
	group := quoted(cmd.Group[0])
	rules, plugins, tests := section("rules"), section("plugins"), section("tests")
	if cmd.Go {
		plugins = "  greeter: {in: [groups]}\n" + plugins
		tests += "  - name: 早安\n    in: " + group + "\n    say: 早\n    expect: \"早安！\"\n"
	}
	values := []string{
		"{{rules}}\n", rules, "{{plugins}}\n", plugins, "{{tests}}\n", tests, "{{no rules}}", "", "{{people}}\n", "\n",
		"{{owners}}", "# owners: [wxid_xxxxxxxxxxxx]", "{{asks owner}}", "nothing",
	}
	if rules == "" {
		values = append([]string{"{{no rules}}", " []"}, values...)
	}
	if slices.Contains(cmd.Use, "assistant") {
		values = append([]string{"{{people}}\n", "  people: [friends]\n\n"}, values...)
	}
	if cmd.Owner != "" {
		owner := quoted(cmd.Owner)
		values = append([]string{"{{owners}}", "owners: [" + owner + "]", "{{asks owner}}", "[{to: " + owner + "}]"}, values...)
	}
	var groups []string
	for _, name := range cmd.heard() {
		groups = append(groups, quoted(name))
	}
	filled := strings.NewReplacer(values...).Replace(string(text))
	return strings.NewReplacer(append(values, "{{provider}}", cmd.Provider, "{{group}}", group, "{{to}}", quoted(cmd.To),
		"{{groups}}", "["+strings.Join(groups, ", ")+"]")...).Replace(filled), nil
}

// heard are the groups that the bot listens to.
func (cmd *InitCommand) heard() []string {
	all := slices.Clone(cmd.Group)
	if slices.Contains(cmd.Use, "forward") {
		all = append(all, cmd.To)
	}
	return all
}

// quoted is a text as YAML reads it, without variables.
func quoted(text string) string {
	b, err := json.Marshal(text)
	if err != nil { // it cannot: any text is JSON
		return `""`
	}
	return strings.ReplaceAll(string(b), "${", "$${")
}
