package app

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

//go:embed scaffold
var scaffold embed.FS

// InitCommand writes the files of a new bot.
type InitCommand struct {
	Dir      string `arg:"" placeholder:"DIR" type:"path" help:"The directory; it is made. 目录，不存在则创建。"`
	Go       bool   `help:"Write a Go project with a plugin of its own and its test, too. 同时生成 Go 插件项目。"`
	Group    string `default:"社区群" help:"The name of the first group that the bot listens to. 机器人所在群的名称。"`
	Provider string `default:"videosapi" enum:"videosapi,gewe,gewechat" help:"The service: videosapi, gewe or gewechat. 服务商。"`
	Module   string `default:"mybot" help:"The module path of the Go project. Go 项目的模块名。"`
}

// Run writes the files. It overwrites none.
func (cmd *InitCommand) Run(c Console) error {
	if cmd.Go && !regexp.MustCompile(`^[A-Za-z0-9._~/-]+$`).MatchString(cmd.Module) {
		return fmt.Errorf("app: %q is not a module path: write mybot, or example.com/mybot", cmd.Module)
	}
	files, err := cmd.files(c)
	if err != nil {
		return err
	}
	var there []error
	for _, f := range files {
		if _, err := os.Lstat(filepath.Join(cmd.Dir, f.name)); !errors.Is(err, os.ErrNotExist) {
			there = append(there, fmt.Errorf("app: %s is there already: nothing was written; hongyan init needs another directory",
				filepath.Join(cmd.Dir, f.name)))
		}
	}
	if err := errors.Join(there...); err != nil {
		return err
	}
	for _, f := range files {
		path, mode := filepath.Join(cmd.Dir, f.name), os.FileMode(0o644)
		if f.name == ".env" {
			mode = 0o600 // it will have secrets
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // a project is not secret
			return fmt.Errorf("app: %w", err)
		}
		if err := os.WriteFile(path, f.text, mode); err != nil {
			return fmt.Errorf("app: %w", err)
		}
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

// written is a file to write.
type written struct {
	name string
	text []byte
}

// files are those to write, in the order in which they are listed.
func (cmd *InitCommand) files(c Console) ([]written, error) {
	group, err := json.Marshal(cmd.Group) // as YAML reads it
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	fill := strings.NewReplacer("{{provider}}", cmd.Provider, "{{group}}", string(group), "{{module}}", cmd.Module,
		"{{plugins}}\n", cmd.ifGo("  greeter: {in: [groups]}\n")+"\n", "{{tests}}\n",
		cmd.ifGo("  - name: 早安\n    in: "+string(group)+"\n    say: 早\n    expect: \"早安！\"\n"))
	list := [][2]string{
		{"bot.yaml", "bot.yaml"}, {".env", "env"}, {".gitignore", "gitignore"}, {"compose.yaml", "compose.yaml"},
	}
	if cmd.Go {
		list = slices.Concat(list, [][2]string{
			{"Dockerfile", "Dockerfile.go.txt"}, {"go.mod", "go.mod.txt"}, {"main.go", "main.go.txt"},
			{"greeter/greeter.go", "greeter.go.txt"}, {"greeter/greeter_test.go", "greeter_test.go.txt"},
		})
	} else {
		list = append(list, [2]string{"Dockerfile", "Dockerfile"})
	}
	var all []written
	for _, f := range list {
		text, err := scaffold.ReadFile("scaffold/" + f[1])
		if err != nil {
			return nil, fmt.Errorf("app: %w", err)
		}
		all = append(all, written{f[0], []byte(fill.Replace(string(text)))})
	}
	schema, err := Schema(c.known())
	if err != nil {
		return nil, err
	}
	if cmd.Go { // the program knows one plugin more
		c.say("go run . schema > bot.schema.json has editors know the plugin greeter, too")
	}
	return append(all, written{"bot.schema.json", append(schema, '\n')}), nil
}

// ifGo is a text for a Go project only.
func (cmd *InitCommand) ifGo(text string) string {
	if cmd.Go {
		return text
	}
	return ""
}
