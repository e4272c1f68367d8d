package digest

import "github.com/hongyan-go/hongyan/plugin/internal/model"

// Model is a language model behind an API like that of OpenAI.
type Model struct {
	model.Section

	Prompt string `yaml:"prompt" default:"用中文把这段群聊总结成最多五个要点，每点一行，写明结论、待办和负责人；没有的就不写。不要引用隐私，不要编造。" help:"What the model is to do."`
}
