package main

import (
	"fmt"
	"os"

	"github.com/alecthomas/kong"
	"github.com/willabides/kongplete"
)

// completionCmd prints what a shell needs to complete command lines.
type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish,powershell" help:"bash, zsh, fish or powershell."`
}

// Help shows how to use it.
func (completionCmd) Help() string {
	return "bash:        hongyan completion bash > /etc/bash_completion.d/hongyan\n" +
		"zsh:         hongyan completion zsh >> ~/.zshrc\n" +
		"fish:        hongyan completion fish > ~/.config/fish/completions/hongyan.fish\n" +
		"PowerShell:  hongyan completion powershell >> $PROFILE"
}

// Run prints the script. In all shells it calls the program itself, with what has been typed in
// COMP_LINE.
func (cmd *completionCmd) Run(c console) error {
	scripts := map[string]string{
		"bash": "complete -C hongyan hongyan\n",
		"zsh":  "autoload -U +X bashcompinit && bashcompinit\ncomplete -C hongyan hongyan\n",
		"fish": `function __complete_hongyan
    set -lx COMP_LINE (commandline -cp)
    test -z (commandline -ct)
    and set COMP_LINE "$COMP_LINE "
    hongyan
end
complete -f -c hongyan -a "(__complete_hongyan)"
`,
		"powershell": `Register-ArgumentCompleter -Native -CommandName hongyan -ScriptBlock {
    param($word, $ast, $cursor)
    $line = $ast.ToString()
    if ($cursor -gt $line.Length) { $line += ' ' }
    $env:COMP_LINE = $line
    try {
        hongyan | Where-Object { $_ -like "$word*" } | ForEach-Object {
            [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
        }
    } finally { Remove-Item Env:COMP_LINE }
}
`,
	}
	_, err := fmt.Fprint(c.out, scripts[cmd.Shell])
	return err
}

// complete answers a shell that asks how a command line may go on, and reports whether one does.
func complete(parser *kong.Kong) (asked bool) {
	if _, asked = os.LookupEnv("COMP_LINE"); asked {
		kongplete.Complete(parser, kongplete.WithExitFunc(func(int) {}))
	}
	return asked
}
